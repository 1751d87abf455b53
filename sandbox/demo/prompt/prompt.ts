import { createInterface, type Interface } from 'node:readline';
import type { Button } from '../screen/buttons.ts';
import { line, type Screen } from '../screen/screen.ts';
import { Seat } from '../seat.ts';
import type { Stage } from '../stage.ts';
import { whereabouts } from '../whereabouts.ts';
import { channelLines, messageAbout, threadLines } from './actions.ts';
import { promptHelp } from './help.ts';
import { type Asked, completions, readLine } from './words.ts';

/** Reads lines from the terminal and does what they say until `quit`, Ctrl-D, Ctrl-C or the signal. */
export async function runPrompt(stage: Stage, screen: Screen, signal: AbortSignal): Promise<void> {
  const { stdin: input, stdout: output } = process;
  const completer = (typed: string): [string[], string] => [completions(typed), typed];
  const typing = createInterface({ input, output, completer, terminal: true, historySize: 200 });
  const prompt = new Prompt({ stage, screen, seat: new Seat(stage), typing });
  const end = () => prompt.end();
  typing.on('SIGINT', () => prompt.interrupt());
  signal.addEventListener('abort', end, { once: true });
  try {
    await prompt.run();
  } finally {
    signal.removeEventListener('abort', end);
    end();
    // After Ctrl-C or Ctrl-D the cursor still stands behind the prompt.
    output.write('\n');
  }
}

type PromptParts = { stage: Stage; screen: Screen; seat: Seat; typing: Interface };

class Prompt {
  readonly #parts: PromptParts;
  #toConfirm: Button | undefined;
  #atShell: AbortController | undefined;

  constructor(parts: PromptParts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    const { screen, seat, typing } = this.#parts;
    const stopLooking = seat.look(screen);
    try {
      this.#ask();
      for await (const typed of typing) {
        screen.answered();
        if (!(await this.#obey(typed))) break;
        this.#ask();
      }
    } finally {
      screen.answered();
      stopLooking();
    }
  }

  /** Ctrl-C is for what runs at the shell, if anything does; else it is over. */
  interrupt(): void {
    if (this.#atShell) this.#atShell.abort();
    else this.end();
  }

  /** No line is read any more. */
  end(): void {
    this.#atShell?.abort();
    this.#parts.typing.close();
  }

  #ask(): void {
    const { screen, seat, typing } = this.#parts;
    const confirm = this.#toConfirm?.confirm;
    screen.ask(typing, confirm === undefined ? seat.prompt : `${confirm.yes}? [y/N] `);
  }

  /** Does what a line says; false when it says that it is over. */
  async #obey(typed: string): Promise<boolean> {
    const button = this.#toConfirm;
    if (button) {
      this.#toConfirm = undefined;
      if (/^y(es)?$/i.test(typed.trim())) await this.#press(button);
      else this.#say(button.confirm?.no ?? 'Not pressed');
      return true;
    }
    const asked = readLine(typed);
    if (asked.what === 'quit') return false;
    await this.#do(asked).catch((error: unknown) => this.#say(error instanceof Error ? error.message : String(error)));
    return true;
  }

  async #do(asked: Exclude<Asked, { what: 'quit' }>): Promise<void> {
    const { stage, screen, seat } = this.#parts;
    switch (asked.what) {
      case 'slash':
        return seat.type(asked.line);
      case 'mention': {
        const root = asked.thread === undefined ? undefined : messageAbout(asked.thread, seat, stage);
        if (asked.thread !== undefined && !root) return this.#say(`No message here is about ${asked.thread}.`);
        return seat.mention(asked.line, root?.ts);
      }
      case 'shell':
        return this.#runShell(asked.words);
      case 'press':
        return this.#pressNamed(asked.named);
      case 'as':
        return seat.become(asked.name);
      case 'channel': {
        const why = asked.name === undefined ? undefined : seat.goTo(asked.name);
        return why === undefined ? screen.print(...channelLines(seat, stage)) : this.#say(why);
      }
      case 'thread':
        return screen.print(...threadLines(asked.id, seat, stage));
      case 'kill':
        await stage.bot().kill();
        return this.#say('The bot is dead. Captures go on: capture list. To start it again: restart');
      case 'restart':
        await stage.bot().stop();
        return this.#say(`The bot runs, pid ${(await stage.restartBot()).pid}.`);
      case 'where':
        return screen.print(...whereabouts(stage));
      case 'help':
        return screen.print(...promptHelp.map((words) => line(words)));
      case 'unknown':
        return this.#say(asked.why);
      case 'nothing':
        return;
      default:
        asked satisfies never;
    }
  }

  async #pressNamed(named: string): Promise<void> {
    const { screen, seat } = this.#parts;
    const button = seat.shown.buttons.find(named);
    if (!button) return this.#say(`There is no button ${named} on the screen.`);
    if (!button.confirm) return this.#press(button);
    this.#toConfirm = button;
    const { title, text } = button.confirm;
    screen.print(line(title, 'strong'), ...text.split('\n').map((words) => line(`  ${words}`)));
  }

  async #press(button: Button): Promise<void> {
    const pressed = await this.#parts.seat.press(button);
    if (pressed.outcome !== 'acked') this.#say('Slack shows a warning sign: the app did not answer the click.');
  }

  async #runShell(words: string[]): Promise<void> {
    this.#atShell = new AbortController();
    try {
      await this.#parts.stage.shell.runOnTerminal(this.#parts.seat.user.name, words, this.#atShell.signal);
    } finally {
      this.#atShell = undefined;
    }
  }

  #say(words: string): void {
    this.#parts.screen.print(line(words, 'quiet'));
  }
}
