import { longestAlert } from './indicators.ts';
import { legible } from './legible.ts';

/** So many names are taken from an alert. */
const mostNames = 100;
/** What a file's name ends with far more often than a host's. */
const extensions = new Set(
  `7z apk bat bin bz2 c cfg class cmd conf cpp cs css csv dat db dll dmg doc docm docx eml exe gif go gz h hta htm html img ini iso jar
  java jpeg jpg js json jsp key lnk log md msg msi odt pcap pcapng pdf pem php pl png ppt pptx ps1 py rar rb rs rtf sh so sql svg sys tar tgz
  tmp ts txt vbs wsf xls xlsm xlsx xml yaml yml zip zst`.split(/\s+/),
);
const runs = /[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?/gu;
const inUrl = /:\/\/(?:[^\s/@]{0,100}@)?$/;

/** The names of hosts and domains in an alert's text, in its order, each once; defanged ones are read as they are meant. Never throws. */
export function namesIn(text: string): string[] {
  const words = legible(text.slice(0, longestAlert));
  const found = new Set<string>();
  for (const { 0: run, index } of words.matchAll(runs)) {
    if (found.size === mostNames) break;
    const before = words.slice(Math.max(0, index - 105), index);
    const after = words.charAt(index + run.length);
    if (isName(run, inUrl.test(before)) && after !== '@' && (inUrl.test(before) || !/[@/\\]$/.test(before)))
      found.add(run.toLowerCase());
  }
  return [...found];
}

/** RFC 1123, 2.1, and the underscore of names that are no hosts'; behind a scheme any such word is a name. */
function isName(run: string, isBehindScheme: boolean): boolean {
  const labels = run.split('.');
  const last = labels.at(-1) ?? '';
  if (labels.length < 2 || run.length > 253 || !/^(?:\p{L}{2,24}|xn--[a-z\d-]{1,59})$/iu.test(last)) return false;
  if (!labels.every((label) => /^(?!-)[\p{L}\p{N}_-]{1,63}(?<!-)$/u.test(label))) return false;
  if (isBehindScheme) return true;
  // `end.Next` are two sentences.
  const isOneCase = last === last.toLowerCase() || run === run.toUpperCase();
  return isOneCase && !extensions.has(last.toLowerCase());
}
