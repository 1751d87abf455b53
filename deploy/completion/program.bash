# Completion of capture for bash 4 and later; needs nothing else.
# Ids are not offered: to ask capture for them is an entry of the audit log, and pressing Tab must not be one.
_capture() {
#TABLES#
  local word=${COMP_WORDS[COMP_CWORD]} verb='' kind='' last='' offered='' said at names
  COMPREPLY=()

  # Bash makes words of their own of the = in --config=FILE.
  local -a words=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    [[ ${COMP_WORDS[at]} == = ]] || words+=("${COMP_WORDS[at]}")
  done
  [[ $word == = ]] && word=''

  for ((at = 0; at < ${#words[@]}; at++)); do
    said=${words[at]}
    if [[ $said == -- ]]; then
      return
    elif [[ -n ${kinds[$said]-} ]]; then
      ((++at))
    elif [[ -z $verb && $said != --json ]]; then
      verb=$said
    fi
  done

  # The flags of the original: one of them names the verb, or none and a capture starts.
  if [[ $verb == -* ]]; then
    verb=start
    for said in "${words[@]}"; do
      [[ $said =~ ^-[A-Za-z?]+$ ]] || continue
      for ((at = 1; at < ${#said}; at++)); do
        verb=${originals[${said:at:1}]:-$verb}
      done
    done
  fi

  ((${#words[@]} == 0)) || last=${words[${#words[@]} - 1]}
  case $last in
    --*) kind=${kinds[$last]-${kinds[$verb $last]-}} ;;
    -?*) kind=${kinds[$verb -${last: -1}]-} ;;
  esac
  # Where no option waits for its value, the word is an option or the verb's own.
  if [[ -z $kind ]]; then
    if [[ -z $verb ]]; then
      offered="${!options[*]}"
      if [[ $word == -* ]]; then
        names=("${!originals[@]}")
        offered="${options[start]} ${names[*]/#/-}"
      fi
    else
      offered=${options[$verb]-}
      [[ $word == -* ]] || kind=${tails[$verb]-}
    fi
  fi

  case $kind in
    FILE)
      compopt -o filenames 2>/dev/null || :
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
      ;;
    IFACE)
      names=(/sys/class/net/*)
      offered="${names[*]##*/}"
      ;;
    VERB) offered="${!options[*]} $offered" ;;
    # In small letters it is the word itself.
    [[:lower:]]*) offered="$kind $offered" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$word")
}
complete -F _capture capture
