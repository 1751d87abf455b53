import type { Kind, Millis } from '../../capture/capture.ts';
import { savefileName } from '../../capture/filename.ts';

/** What a savefile's name tells: letters and digits of what was typed, dots for everything else. */
export interface TellingName {
  readonly kind: Kind;
  readonly analyst: string;
  readonly words: string;
  readonly startedAt: Millis;
}

/** Reads what `savefileName` wrote; undefined is no savefile's name. */
export function readName(savefile: string): TellingName | undefined {
  const match = /^([^_/]+)_([^_/]*)_[^_/]+_(\d{1,12})_(?:(\.past)\.pcap(?:ng)?|\.pcap)$/.exec(savefile);
  if (match === null) return undefined;
  const [, analyst = '', words = '', epoch = '', past] = match;
  return { kind: past === undefined ? 'live' : 'past', analyst, words, startedAt: Number(epoch) * 1_000 };
}

/** As many orders with the same words in the same second have names that are looked through. */
const mostCopies = 99;

/** Whether `savefileName` gave a savefile that began at this moment its name, as the first or a later one of the same second. */
export function isNameOf(
  savefile: string,
  kind: Kind,
  order: { readonly analyst: string; readonly description: string },
  at: Millis,
): boolean {
  const copies = Array.from({ length: mostCopies }, (_, before) => before + 1);
  return copies.some((copy) => savefileName(kind, order, at, copy) === savefile);
}
