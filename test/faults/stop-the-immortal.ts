// Stops a capture whose tcpdump is the first process of this pid namespace, and says how: stop-the-immortal.ts DIRECTORY ID
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openEngine } from '../../src/capture/engine.ts';
import { tokenOf } from '../../src/capture/process.ts';
import { actor, configIn, errorsInto } from '../capture/sensor.ts';

const [directory = '', id = ''] = process.argv.slice(2);
const config = configIn(directory);
const registry = new Database(join(config.state, 'registry.sqlite'));
registry.prepare('UPDATE captures SET tcpdump = ?').run(tokenOf(1));
registry.close();
const engine = openEngine({ config, log: errorsInto([]), now: Date.now });
const told = await engine.stop(id, actor('grant', 'lead')).catch(({ code, message }) => ({ code, message }));
await engine.close();
process.stdout.write(JSON.stringify(told));
