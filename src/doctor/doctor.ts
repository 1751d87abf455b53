import type { Millis } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';
import type { Config } from '../config.ts';
import { userName } from './account.ts';
import { checkAudit } from './audit.ts';
import { checkClock } from './clock.ts';
import { type Condition, conditionOf } from './condition.ts';
import { checkConfiguration, checkMistakes } from './configuration.ts';
import { checkDirectories } from './directories.ts';
import { broken, type Finding, ok } from './finding.ts';
import { checkInterfaces } from './interfaces.ts';
import { checkNames } from './names.ts';
import { checkNode } from './node.ts';
import { checkRegistry } from './registry.ts';
import { checkRings } from './rings.ts';
import { checkSavefiles } from './savefiles.ts';
import { checkSlack } from './slack.ts';
import { checkSupervisor } from './supervisor.ts';
import { checkSyslog } from './syslog.ts';
import { checkTools } from './tools.ts';

/** What is examined: an installation, or what is left of one whose configuration cannot be read. */
export interface Patient {
  readonly file: string;
  readonly config: Config | CaptureError;
  readonly now: Millis;
  /** Nothing is sent anywhere for the sake of a check. */
  readonly silent?: boolean;
}

type Check = () => Finding[] | Promise<Finding[]>;

/** Examines an installation, check by check; changes nothing, and needs neither a registry nor a configuration that can be read. */
export async function* examine({ file, config, now, silent = false }: Patient): AsyncGenerator<Finding> {
  const everywhere: Record<string, Check> = {
    user: checkUser,
    node: checkNode,
    tcpdump: checkTools,
    clock: () => checkClock(now),
  };
  const checks: Record<string, Check> =
    config instanceof CaptureError
      ? { configuration: () => checkMistakes(file, config), ...everywhere }
      : { configuration: () => checkConfiguration(config), ...everywhere, ...ofInstallation(config, now, silent) };
  for (const [name, check] of Object.entries(checks)) yield* await carriedOut(name, check);
}

function ofInstallation(config: Config, now: Millis, silent: boolean): Record<string, Check> {
  let known: Condition | undefined;
  // Once for all: it reads every page of the registry.
  const condition = () => {
    known ??= conditionOf(config);
    return known;
  };
  return {
    interfaces: () => checkInterfaces(config),
    directories: () => checkDirectories(config),
    rings: () => checkRings(config, now),
    registry: () => checkRegistry(config, condition()),
    'audit log': () => checkAudit(config, condition()),
    supervisor: () => checkSupervisor(config, condition()),
    savefiles: () => checkSavefiles(config, condition()),
    ...(silent ? {} : { syslog: () => checkSyslog(config, condition(), now) }),
    slack: () => checkSlack(config),
    'slack names': () => checkNames(config, condition()),
  };
}

async function carriedOut(name: string, check: Check): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    // A check that trips over something is a finding; the others must be made all the same.
    const why = error instanceof Error ? error.message : String(error);
    return [
      broken(
        name,
        `this check could not be made: ${why}`,
        'Look at what it names; run this as root if it is a matter of permission.',
      ),
    ];
  }
}

/** Permissions are found as this user has them. */
async function checkUser(): Promise<Finding[]> {
  const uid = process.getuid?.() ?? 0;
  const found = await userName(uid);
  return [ok('user', `${found}: what this user may do is examined`)];
}
