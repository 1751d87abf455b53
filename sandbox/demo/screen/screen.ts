import { clearScreenDown, cursorTo, type Interface, moveCursor } from 'node:readline';
import { stripVTControlCharacters, styleText } from 'node:util';
import { wrapped } from './width.ts';

/** How a line looks where there are colours; the words alone say it all. An `exact` one is broken by the terminal only. */
export type Look = 'plain' | 'exact' | 'quiet' | 'strong' | 'good' | 'bad';
export type Line = { words: string; look: Look };

const formats = { quiet: 'dim', strong: 'bold', good: 'green', bad: 'red' } as const;
const widest = 100;

/** A line that looks like this. */
export function line(words: string, look: Look = 'plain'): Line {
  return { words, look };
}

/** The terminal. What is printed while somebody types appears above what they type. */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  #typing: Interface | undefined;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    // A terminal that was closed must not keep the demo from ending what it started.
    out.on('error', () => {});
  }

  print(...lines: Line[]): void {
    if (lines.length === 0) return;
    const text = lines.flatMap((each) => this.#drawn(each)).join('\n');
    if (!this.#typing) {
      this.#out.write(`${text}\n`);
      return;
    }
    moveCursor(this.#out, 0, -this.#typing.getCursorPos().rows);
    cursorTo(this.#out, 0);
    clearScreenDown(this.#out);
    this.#out.write(`${text}\n`);
    this.#typing.prompt(true);
  }

  /** Shows the prompt; until `answered` it stays below all that is printed. */
  ask(typing: Interface, prompt: string): void {
    typing.setPrompt(prompt);
    this.#typing = typing;
    typing.prompt();
  }

  answered(): void {
    this.#typing = undefined;
  }

  #drawn({ words, look }: Line): string[] {
    // Nothing that somebody wrote in Slack may steer the terminal.
    const harmless = stripVTControlCharacters(words).replaceAll(/\p{Cc}/gu, '');
    if (look === 'exact') return [harmless];
    const lines = wrapped(harmless, Math.min(this.#out.columns || 80, widest));
    return look === 'plain' ? lines : lines.map((each) => styleText(formats[look], each, { stream: this.#out }));
  }
}
