import type { Actor, Origin } from '../capture/analyst.ts';
import type { Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import { openEngine } from '../capture/engine.ts';
import type { EngineParts } from '../capture/opening.ts';
import type { Verb } from '../command/command.ts';
import { quoteWord } from '../command/words.ts';
import type { Config } from '../config.ts';
import { recallConfig } from '../environment.ts';
import { oneLine } from '../reports/words.ts';
import type { Shown, Zone } from './clock.ts';
import { shellOrigin } from './identity.ts';
import type { Output } from './output.ts';

/** How a command was given and where its answer goes. */
export interface Given {
  /** The words as typed, for the audit log; not the door's own: which configuration it was, the log that has them says. */
  readonly words: readonly string[];
  readonly json: boolean;
  /** Zone in which times are shown. */
  readonly timezone: Zone;
  readonly output: Output;
  /** Aborted when nobody reads stdout any more. */
  readonly deaf: AbortSignal;
  readonly now: () => Millis;
}

/** The engine opened for one command of a known analyst. */
export interface Session extends Given {
  readonly engine: Engine;
  readonly config: Config;
  readonly actor: Actor;
  readonly origin: Origin;
}

/**
 * Opens the engine for one command, and closes it when that is done.
 * @param file the configuration that `--config` named
 * @throws CaptureError `bad_request` for the configuration, `not_allowed` for a stranger, and what `act` throws
 */
export async function inSession(
  { verb, file, given }: { readonly verb: Verb; readonly file: string | undefined; readonly given: Given },
  act: (session: Session) => Promise<number>,
): Promise<number> {
  const config = await recallConfig(file);
  const leaveSupervisor = async (found: Config) => (await import('../supervisor/leave.ts')).leaveSupervisor(found);
  const engine = openEngine({ config, log: warningsTo(given.output), now: given.now, leaveSupervisor });
  try {
    const origin = shellOrigin(config.state);
    const actor = await engine.identify(origin, verb, given.words.map(quoteWord).join(' '));
    return await act({ ...given, engine, config, actor, origin });
  } finally {
    await engine.close();
  }
}

/** What the engine has to say besides its answers: troubles as warnings on stderr, the rest not at all. */
function warningsTo(output: Output): EngineParts['log'] {
  const warn = (about: object, words: string) => {
    const told = JSON.stringify(about, (_, value) => (value instanceof Error ? value.message : value));
    output.note(`Warning: ${words}: ${oneLine(told)}`);
  };
  return { info: () => undefined, warn, error: warn };
}

/** How a session's lines are shown. */
export function shown({ timezone, output }: Session): Shown {
  return { timezone, terminal: output.terminal };
}
