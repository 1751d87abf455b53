import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** A program to spawn and its arguments. */
export type Command = { file: string; args: string[] };

/** The command that runs one of the fixture programs in `programs/` with this very Node. */
export function fixture(name: string, ...args: string[]): Command {
  return { file: process.execPath, args: [fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url)), ...args] };
}

/** Starts a fixture program and waits for the first line it prints; throws with its stderr when it ends before that. */
export async function startProgram(command: Command): Promise<{ program: Program; firstLine: string }> {
  const program = new Program(command);
  return { program, firstLine: await program.nextLine() };
}

/** A running fixture program. It ends when its stdin does, so that it never outlives the process that started it. */
export class Program {
  readonly #subprocess;
  readonly #lines: AsyncIterator<string>;

  constructor(command: Command) {
    this.#subprocess = execa(command.file, command.args, { stdin: 'pipe', reject: false, buffer: { stdout: false } });
    this.#lines = this.#subprocess[Symbol.asyncIterator]();
  }

  get pid(): number | undefined {
    return this.#subprocess.pid;
  }

  async nextLine(): Promise<string> {
    const line = await this.#lines.next();
    if (!line.done) return line.value;
    const ended = await this.#subprocess;
    throw new Error(`${ended.command} ended without a further line: ${ended.stderr}`);
  }

  /** Says that nothing more is coming: the program finishes and ends by itself. */
  endInput(): void {
    this.#subprocess.stdin.end();
  }

  async close(): Promise<void> {
    this.endInput();
    // Its last lines must be read or a full pipe would keep it alive.
    while (!(await this.#lines.next()).done);
    await this.#subprocess;
  }
}
