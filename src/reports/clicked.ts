/** A click in the audit log: what stands on the button, and what it carries for us. */
const click = /^\[(?<button>[^\]]{1,75})\] (?<carried>.*)$/s;
/** Ids of captures, requests and pins, alone or before what else a button is about. */
const about = /^[acp]\d{1,15}(?=$|( -?\d+)+$)/;

/** An order's words for a report: of a click the button and what it was about, `[Extend 2h] c3`, not all that the button carries. */
export function orderInWords({ verb, words }: { readonly verb: string; readonly words: string }): string {
  const { button, carried = '' } = click.exec(words)?.groups ?? {};
  if (button === undefined) return words === '' ? verb : words;
  const id = about.exec(carried)?.[0] ?? sharedIn(carried);
  if (id !== null) return `[${button}] ${id}`.trimEnd();
  // One word that is no id is a key of ours; several are a command.
  return /\s/.test(carried) ? words : `[${button}]`;
}

/** What a button Share carries, as it would be typed; null for what it does not. */
function sharedIn(carried: string): string | null {
  if (!carried.startsWith('{')) return null;
  try {
    const { verb, id, selection } = JSON.parse(carried);
    if (verb === 'show') return String(id);
    return verb === 'list' ? ['list', ...(selection?.all ? ['--all'] : []), selection?.selector ?? ''].join(' ') : '';
  } catch {
    return '';
  }
}
