/** Words behind which libpcap takes dotted numbers for a host's address; behind any other they are a net, a port, DECnet's. */
const beforeHosts = new Set(['host', 'src', 'dst', 'ip', 'arp', 'rarp', 'and', 'or', 'not']);
const joins = new Set(['and', 'or', 'not']);
/** A head goes on behind these, whatever joins: `src or dst`, `net not`. */
const open = new Set(['src', 'dst', 'host', 'net']);

/**
 * What libpcap silently takes for something else than the host it looks like, a sentence each: `host 10.1` is the net 10.1.0.0/16, and
 * `host 10` is 0.0.0.10 (gen_ncode in libpcap's gencode.c). Where a net is asked for there is nothing to say.
 * @param expression one that libpcap has compiled
 */
export function partialAddresses(expression: string): string[] {
  const sentences = new Set<string>();
  // A value is what the words before it say; without any it is what the value before it was, behind brackets what it was before them
  // (grammar.y).
  let head: string[] = [];
  let valued = false;
  const outside: string[][] = [];
  for (const word of wordsOf(expression)) {
    if (word === '(') outside.push(head);
    else if (word === ')') [head, valued] = [outside.pop() ?? [], true];
    else if (isValue(word)) {
      const meaning = head.every((one) => beforeHosts.has(one))
        ? meaningOf(word, valued ? undefined : head.at(-1))
        : null;
      if (meaning !== null) sentences.add(meaning);
      valued = true;
    } else if (!joins.has(word)) [head, valued] = [valued ? [word] : [...head, word], false];
    // `tcp or ...`: that was a primitive of its own.
    else if (!valued) head = open.has(head.at(-1) ?? '') ? [...head, word] : [];
  }
  return [...sentences];
}

/** As libpcap's scanner parts them, operators for their words, and a net's length left on its address. */
function wordsOf(expression: string): string[] {
  const spelled = expression
    .replaceAll('&&', ' and ')
    .replaceAll('||', ' or ')
    .replaceAll(/!(?!=)/g, ' not ');
  return spelled.match(/[()]|[^\s()[\]!<>=&|+*%^,]+/g) ?? [];
}

function isValue(word: string): boolean {
  return !/^[a-z]/.test(word) || word.includes(':');
}

/** @param directlyBehind the word before it, where it is no value of an earlier word */
function meaningOf(typed: string, directlyBehind: string | undefined): string | null {
  if (/^\d{1,3}$/.test(typed)) {
    if (!['host', 'src', 'dst'].includes(directlyBehind ?? '')) return null;
    return `${typed} as a host is the address 0.0.0.${Number(typed)}: write net ${typed} for the net`;
  }
  if (!/^\d+(?:\.\d+){1,2}$/.test(typed)) return null;
  const numbers = typed.split('.').map(Number);
  const net = [...numbers, 0, 0, 0].slice(0, 4).join('.');
  return `${typed} as a host is the whole net ${net}/${numbers.length * 8}: write all four numbers for one host`;
}
