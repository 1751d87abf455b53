import { mkdirSync } from 'node:fs';
import type { Config } from '../config.ts';
import { openDatabase } from '../database.ts';
import { openAudit } from './audit.ts';
import type { Millis } from './capture.ts';
import { CaptureError } from './errors.ts';
import { openHoldings } from './holdings.ts';
import { inHandOf } from './inhand.ts';
import { openJoins } from './joins.ts';
import { openOnDisk } from './ondisk.ts';
import { openOutbox } from './outbox.ts';
import { patiently } from './patience.ts';
import { openPins } from './pins.ts';
import { sinceBoot, tokenOf } from './process.ts';
import { openRegistry } from './registry.ts';
import { openRequests } from './requests.ts';
import type { Log, Room } from './room.ts';
import { isHeld, openSupervision } from './supervision.ts';
import { cannotWrite } from './unwritable.ts';

export interface EngineParts {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Millis;
  /** Milliseconds since boot; the sensor's own where it is left out. */
  readonly uptime?: () => Millis;
  /** Milliseconds that a statement may keep the event loop while another process has the registry locked; as for everybody where it is left out. */
  readonly wait?: Millis;
  /** Starts a process that looks after running captures and outlives this one; called when none does. */
  readonly leaveSupervisor?: (config: Config) => void | Promise<void>;
}

/**
 * Opens what the engine works with.
 * @throws CaptureError `tool_failed` when the registry cannot be opened, `no_room` when the captures directory cannot be made
 */
export function openRoom({
  config,
  log,
  now,
  uptime: bootClock = sinceBoot,
  wait,
  leaveSupervisor,
}: EngineParts): Room {
  const self = tokenOf(process.pid);
  if (self === undefined)
    throw new CaptureError('tool_failed', 'this sensor has no /proc to tell processes apart: mount it');
  const database = openDatabase(config.state, wait);
  try {
    mkdirSync(config.captures, { recursive: true, mode: 0o750 });
  } catch (cause) {
    database.close();
    cannotWrite(config.captures, cause);
  }
  const room: Room = {
    config,
    place: { sensor: config.sensor, directory: config.captures, group: config.group },
    log,
    now,
    uptime: bootClock,
    database,
    patiently: (write, within) => patiently(database, write, within),
    registry: openRegistry(database, config.captures, self),
    supervision: openSupervision(database, self),
    holdings: openHoldings(database, { directory: config.captures, process: self, now }),
    outbox: openOutbox(database, self),
    pins: openPins(database, self, now),
    joins: openJoins(database, self),
    requests: openRequests(database, self),
    audit: openAudit(database, self, now),
    onDisk: openOnDisk(database.name),
    self,
    inHand: inHandOf(config.state),
    owed: [],
    retryAt: new Map(),
    leaveSupervisor: async () => {
      if (leaveSupervisor !== undefined && !isHeld(room.supervision.lease(), bootClock()))
        await leaveSupervisor(config);
    },
  };
  return room;
}
