import { takesNextWord } from './grammar.ts';
import { refuse } from './refuse.ts';

/** What the shell door itself is told, and the words that are left for the command. */
export interface DoorOptions {
  readonly words: readonly string[];
  readonly json: boolean;
  /** Nothing but the version is asked for. */
  readonly version: boolean;
  /** The configuration's file; undefined where none was named. */
  readonly config: string | undefined;
}

/**
 * Takes `--json`, `--version` and `--config FILE` out of a shell's words, wherever they stand before `--`; the value of another option is left alone.
 * @throws CaptureError `bad_request` for `--config` without a file or given twice
 */
export function doorOptions(words: readonly string[]): DoorOptions {
  const left: string[] = [];
  const files: string[] = [];
  let json = false;
  let version = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const file = /^--config=(.*)$/s.exec(word)?.[1];
    if (word === '--') {
      left.push(...words.slice(at));
      break;
    } else if (word === '--json') {
      json = true;
    } else if (word === '--version') {
      version = true;
    } else if (word === '--config') {
      files.push(words[at + 1] ?? '');
      at += 1;
    } else if (file !== undefined) {
      files.push(file);
    } else if (takesNextWord(word)) {
      left.push(...words.slice(at, at + 2));
      at += 1;
    } else {
      left.push(word);
    }
  }
  if (files.length > 1) refuse('--config is there twice: leave one of them out');
  if (files[0] === '') refuse('--config has no value: write --config /etc/capture/capture.yml');
  return { words: left, json, version, config: files[0] };
}
