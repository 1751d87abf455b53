import { CaptureError } from '../capture/errors.ts';
import type { Setting } from '../command/command.ts';
import { doorOptions } from '../command/door.ts';
import { parseCommand } from '../command/parse.ts';
import { manyLines } from '../reports/words.ts';
import { ownZone } from './clock.ts';
import { exits } from './exits.ts';
import { type Output, openOutput } from './output.ts';

async function main(words: readonly string[]): Promise<number> {
  const deaf = new AbortController();
  const output = openOutput(() => deaf.abort());
  try {
    return await run(words, output, deaf.signal);
  } catch (error) {
    return await explain(error, output);
  }
}

async function run(words: readonly string[], output: Output, deaf: AbortSignal): Promise<number> {
  const { json, config, version, words: said } = doorOptions(words);
  if (version) {
    const { tellVersion } = await import('./version.ts');
    tellVersion(output, json);
    return 0;
  }
  const setting: Setting = {
    door: 'shell',
    now: Date.now(),
    // Few commands have a time among their words.
    get timezone() {
      return ownZone();
    },
  };
  const command = parseCommand(said, setting);
  if (command.verb === 'help') {
    const { helpText } = await import('../command/help.ts');
    const help = helpText(command.topic, 'shell');
    if (json) output.json({ help });
    else output.lines([help]);
    return 0;
  }
  if (command.verb === 'doctor') {
    const { doctor, rebuild } = await import('./doctor.ts');
    const call = { file: config, words, json, output, now: Date.now };
    return command.rebuild ? rebuild(call) : doctor(call);
  }
  // Help and refused words need neither the configuration nor the engine, and answer at once.
  const [{ inSession }, { carryOut }] = await Promise.all([import('./session.ts'), import('./carry-out.ts')]);
  const given = { words: said, json, timezone: null, output, deaf, now: Date.now };
  return inSession({ verb: command.verb, file: config, given }, (session) => carryOut(command, session));
}

async function explain(error: unknown, output: Output): Promise<number> {
  if (error instanceof CaptureError) {
    // Messages quote people and tools: nothing of theirs may steer the terminal.
    output.note(`capture: ${manyLines(error.message)}`);
    return exits[error.code].status;
  }
  const { randomBytes } = await import('node:crypto');
  const reference = randomBytes(4).toString('hex');
  output.note(
    `capture: this is a bug, not your mistake. Please report it with its reference ${reference} and these lines:`,
  );
  output.note(manyLines(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  return exits.bug.status;
}

// What the engine leaves to the operating system, like a capture that goes on, must not hold the shell.
process.exit(await main(process.argv.slice(2)));
