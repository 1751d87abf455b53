#compdef capture
# Completion of capture for zsh.
# Ids are not offered: to ask capture for them is an entry of the audit log, and pressing Tab must not be one.
_capture_verbs() {
  _describe -t verbs verb verbs
}

_capture() {
#TABLES#
  local verb said
  integer at=2

  while ((at < CURRENT)); do
    case $words[at] in
      --json | --config=*) ;;
      --config) ((at++)) ;;
      *) break ;;
    esac
    ((at++))
  done

  if ((at >= CURRENT)); then
    if [[ $words[CURRENT-1] == --config ]]; then
      _files
    elif [[ $words[CURRENT] == -* ]]; then
      _arguments -s : $door $flags $takes_start
    else
      _capture_verbs
    fi
    return
  fi

  verb=$words[at]
  # The flags of the original: one of them names the verb, or none and a capture starts.
  if [[ $verb == -* ]]; then
    verb=start
    for said in ${(M)words:#-[A-Za-z?]##}; do
      for said in ${(s::)said#-}; do
        verb=${originals[$said]:-$verb}
      done
    done
    _arguments -s : $door $flags ${(P)${:-takes_$verb}}
    return
  fi

  (($+parameters[takes_$verb])) || return 1
  # _arguments takes the first word for the command's name: here it is the verb.
  shift $((at - 1)) words
  ((CURRENT -= at - 1))
  _arguments -s : $door ${(P)${:-takes_$verb}}
}

_capture "$@"
