import { readFileSync } from 'node:fs';
import { openEngine } from '../../src/capture/engine.ts';
import type { Config } from '../../src/config.ts';
import { errorsInto } from './sensor.ts';

/** A process that deletes what retention lets go, as its parent's configuration says, until it is killed or done. */
const config: Config = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const engine = openEngine({ config, log: errorsInto([]), now: Date.now });
await engine.retain();
