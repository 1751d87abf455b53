import type { Millis } from '../capture/capture.ts';
import {
  bytesInWords,
  durationInWords,
  largestSize,
  longestDuration,
  parseDuration,
  parseSize,
} from '../capture/quantities.ts';
import type { Setting } from './command.ts';
import { commandName } from './grammar.ts';
import type { Said } from './options.ts';
import { refuse, typed } from './refuse.ts';
import { quoteWord } from './words.ts';

/** How long `--for` says, in milliseconds. @throws CaptureError `bad_request` */
export function durationOf(said: Said): Millis | undefined {
  const text = said.options.get('for');
  if (text === undefined) return undefined;
  const millis = parseDuration(text);
  return millis === undefined || millis === 0
    ? refuse(
        `--for ${typed(text)} is not a duration: write --for 2h, 30m or 7d, at most ${durationInWords(longestDuration)}`,
      )
    : millis;
}

/** @throws CaptureError `bad_request`, always, with a line to copy for the capture that was named */
export function missingDuration(selector: string, { door }: Setting): never {
  return refuse(`by how much? write ${commandName(door)} extend ${quoteWord(selector)} --for 2h`);
}

/** How many bytes `--max-size` says. @throws CaptureError `bad_request` */
export function sizeOf(said: Said): number | undefined {
  const text = said.options.get('max-size');
  if (text === undefined) return undefined;
  const bytes = parseSize(text);
  return bytes === undefined || bytes === 0
    ? refuse(
        `--max-size ${typed(text)} is not a size: write --max-size 1GB or 500MB, at most ${bytesInWords(largestSize)}`,
      )
    : bytes;
}

/** A number of packets, entries or bytes. @throws CaptureError `bad_request` */
export function countOf(said: Said, name: 'snaplen' | 'last' | 'packets'): number | undefined {
  const text = said.options.get(name);
  if (text === undefined || /^[1-9]\d{0,8}$/.test(text)) return text === undefined ? undefined : Number(text);
  return refuse(`--${name} ${typed(text)} is not a number: write --${name} ${countExamples[name]}`);
}

const countExamples = { last: 20, packets: 1000, snaplen: 262144 } as const;
