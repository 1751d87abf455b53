import type { Preflight } from '../capture/preflight.ts';
import { counted, lasting, named, size } from './figures.ts';

/** What a search will read and how long that takes, a line each; the first says that it is much. */
export function preflightLines(preflight: Preflight): string[] {
  const { rings, files, bytes, toRead, unindexed, slower, limit } = preflight;
  const left = toRead < bytes ? `the index leaves ${size(toRead)} of that to be read` : 'all of it is to be read';
  return [
    `This search would read ${size(toRead)} of ${rings.join(', ')}: what reads more than ${size(limit)} (limits.search) is asked about first`,
    `Window: ${counted(files, 'ring file')}, ${size(bytes)}; ${left}`,
    ...(unindexed.files === 0
      ? []
      : [`Without an index: ${counted(unindexed.files, 'ring file')}, ${size(unindexed.bytes)}, read whole`]),
    ...(slower.files === 0
      ? []
      : [`Packed or left to tcpdump, which is slower: ${counted(slower.files, 'ring file')}, ${size(slower.bytes)}`]),
    lastingInWords(preflight),
  ];
}

function lastingInWords({ lasts, slower, rings }: Preflight): string {
  if (lasts === null) {
    const alone = rings.length > 1 ? ' alone' : '';
    return `How long it takes is not known: no search of ${rings.join(', or of ')}${alone} has shown it yet`;
  }
  const longer = slower.files === 0 ? '' : ', and longer for what is slower';
  return `About ${lasting(lasts.milliseconds)} at the pace of ${named(lasts.by)}${longer}`;
}
