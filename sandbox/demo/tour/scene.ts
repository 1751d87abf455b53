import { splitWords } from '../../../src/command/words.ts';
import type { Ephemeral, Message } from '../../workspace/messages.ts';
import { plainText } from '../../workspace/text.ts';
import { line, type Screen } from '../screen/screen.ts';
import type { Seat } from '../seat.ts';
import type { Said } from '../shell.ts';
import type { Stage } from '../stage.ts';

/** A part of the tour: what is shown, and the play that shows and checks it. */
export type Step = { title: string; play(scene: Scene): Promise<void> };

export type SceneParts = { stage: Stage; seat: Seat; screen: Screen };

/** What a step of the tour has at hand: somebody's hands and eyes, and a place for what was found true or not. */
export class Scene {
  readonly stage: Stage;
  readonly seat: Seat;
  readonly #screen: Screen;
  failures = 0;

  constructor({ stage, seat, screen }: SceneParts) {
    this.stage = stage;
    this.seat = seat;
    this.#screen = screen;
  }

  /** Types a line of Slack’s, and gives what only the person saw of it, once there is something that answers it. */
  async type(typed: string, answering = /./): Promise<string> {
    this.#screen.print(line(this.seat.prompt + typed, 'strong'));
    const { workspace } = this.stage;
    const before = workspace.ephemeralsFor(this.seat.user).length;
    await this.seat.type(typed);
    const seen = () =>
      workspace
        .ephemeralsFor(this.seat.user)
        .slice(before)
        .find(({ text }) => answering.test(text));
    const answer = await this.soon(`an answer to ${typed}`, seen);
    return this.read(answer);
  }

  /** Presses the last button of that label, and says yes to what Slack asks. */
  async press(label: string): Promise<void> {
    this.#screen.print(line(`${this.seat.prompt}press ${label}`, 'strong'));
    const button = this.seat.shown.buttons.find(label);
    if (!button) throw new Error(`there is no button ${label} on the screen`);
    const { confirm } = button;
    if (confirm)
      this.#screen.print(
        ...`${confirm.title}\n${confirm.text}\n[${confirm.yes}] pressed`.split('\n').map((words) => line(`  ${words}`)),
      );
    await this.seat.press(button);
  }

  /** Runs a line that begins with `capture` at the shell, as whoever sits here. */
  async run(typed: string): Promise<Said> {
    const login = this.seat.user.name;
    this.#screen.print(line(`${login}$ ${typed}`, 'strong'));
    const said = await this.stage.shell.run(login, splitWords(typed).slice(1));
    this.#screen.print(...[...linesOf(said.stdout), ...linesOf(said.stderr)].map((words) => line(words, 'exact')));
    return said;
  }

  /** What the shell's `--json` says, without showing it. */
  async ask(words: readonly string[]): Promise<unknown> {
    return JSON.parse((await this.stage.shell.run('grant', [...words, '--json'])).stdout);
  }

  /** Waits until the workspace shows it. */
  soon<Seen>(what: string, condition: () => Seen) {
    return this.stage.workspace.until(condition, { timeoutMs, what });
  }

  /** The message of a capture in #soc, once its text matches. */
  async message(id: string, matching: RegExp): Promise<Message> {
    const find = () => this.messagesAbout(id).find((each) => matching.test(each.text));
    return this.soon(`a message about ${id} that matches ${matching}`, find);
  }

  messagesAbout(id: string): Message[] {
    return this.stage.workspace.messagesIn(this.stage.cast.soc).filter((each) => each.text.includes(`(${id},`));
  }

  /** A message as a person reads it. */
  read(shown: Message | Ephemeral): string {
    return plainText(shown, this.stage.workspace.nameOf);
  }

  note(words: string): void {
    this.#screen.print(line(words, 'quiet'));
  }

  /** Says whether something is so; where it is not, what is instead. */
  expect(claim: string, holds: boolean, instead: () => string): void {
    if (holds) this.#screen.print(line(`ok: ${claim}`, 'good'));
    else this.fail(`${claim}; instead: ${instead()}`);
  }

  /** The same for a text and what it should match. */
  expectText(claim: string, text: string, pattern: RegExp): void {
    this.expect(claim, pattern.test(text), () => `it does not match ${pattern}: ${text.replaceAll('\n', ' / ')}`);
  }

  expectEqual(claim: string, found: unknown, expected: unknown): void {
    const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
    this.expect(`${claim}: ${one}`, one === other, () => `${one}, not ${other}`);
  }

  fail(words: string): void {
    this.failures += 1;
    this.#screen.print(line(`FAILED: ${words}`, 'bad'));
  }
}

/** A machine that is busy with other things starts processes slowly. */
const timeoutMs = 60_000;

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}
