import type { Kind, Millis } from '../../capture/capture.ts';

/** What a savefile's name tells: letters and digits of what was typed, dots for everything else. */
export interface TellingName {
  readonly kind: Kind;
  readonly analyst: string;
  readonly words: string;
  readonly startedAt: Millis;
}

/** Reads what `savefileName` wrote; undefined is no savefile's name. */
export function readName(savefile: string): TellingName | undefined {
  const match = /^([^_/]+)_([^_/]*)_[^_/]+_(\d{1,12})_(\.past)?\.pcap$/.exec(savefile);
  if (match === null) return undefined;
  const [, analyst = '', words = '', epoch = '', past] = match;
  return { kind: past === undefined ? 'live' : 'past', analyst, words, startedAt: Number(epoch) * 1_000 };
}
