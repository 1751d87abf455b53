import { withoutUnseen } from '../reports/words.ts';
import type { Json } from './json.ts';

/** The shell: results go to stdout, all else to stderr. */
export interface Output {
  readonly terminal: boolean;
  /** Whether a person is there to be asked. */
  readonly answers: boolean;
  readonly columns: number;
  lines(lines: readonly string[]): void;
  /** One JSON document on one line. */
  json(value: Json): void;
  /** Shows a line in the place of the one that was rewritten last; nothing where no person looks. */
  rewrite(line: string): void;
  /** Takes the rewritten line away again. */
  clear(): void;
  /** To stderr: a warning, a hint. */
  note(line: string): void;
  /** Asks the person who is there; true for yes alone. Aborting the signal is no answer. */
  agrees(question: string, signal?: AbortSignal): Promise<boolean>;
}

/** A document on one line: what hides or turns text around is escaped, in UTF-16 units as JSON has it (RFC 8259, section 7). */
export function documentOf(value: Json): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return withoutUnseen(JSON.stringify(value), (character) => character.split('').map(escaped).join(''));
}

/**
 * The process's own streams. A reader of stdout that goes away (`capture list | head -1`) is no error: what is written then is dropped.
 * @param onDeaf called once when the reader has gone
 */
export function openOutput(onDeaf: () => void): Output {
  const { stdin, stdout, stderr } = process;
  let deaf = false;
  let rewriting = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (!deaf) onDeaf();
    deaf = true;
  });
  // Nobody is left to tell it to.
  stderr.on('error', () => {});
  const write = (text: string) => {
    if (!deaf) stdout.write(text);
  };
  const leaveRewritten = () => {
    if (rewriting) write('\n');
    rewriting = false;
  };
  return {
    terminal: stdout.isTTY === true,
    answers: stdin.isTTY === true && stdout.isTTY === true && stderr.isTTY === true,
    get columns() {
      // A terminal that does not know its width says 0.
      return stdout.columns || 80;
    },
    lines(lines) {
      leaveRewritten();
      if (lines.length > 0) write(`${lines.join('\n')}\n`);
    },
    json: (value) => write(`${documentOf(value)}\n`),
    rewrite(line) {
      if (stdout.isTTY !== true) return;
      write(`\r${line}\x1b[K`);
      rewriting = true;
    },
    clear() {
      if (rewriting) write('\r\x1b[K');
      rewriting = false;
    },
    note(line) {
      leaveRewritten();
      stderr.write(`${line}\n`);
    },
    async agrees(question, signal) {
      const { createInterface } = await import('node:readline');
      const answers = createInterface({ input: stdin, ...(signal && { signal }) });
      const walkAway = () => answers.close();
      process.on('SIGINT', walkAway);
      stderr.write(`${question} [y/N] `);
      const answer = await new Promise<string | null>((resolve) => {
        answers.once('line', resolve);
        // Neither the end of the input, Ctrl-D, nor Ctrl-C is an answer.
        answers.once('close', () => resolve(null));
      });
      process.off('SIGINT', walkAway);
      answers.close();
      if (answer === null) stderr.write('\n');
      return /^\s*y(es)?\s*$/i.test(answer ?? '');
    },
  };
}
