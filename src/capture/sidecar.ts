import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Capture } from './capture.ts';
import { explained, type Place } from './custody.ts';
import type { SidecarFinding } from './evidence.ts';

/** Ours have some kilobytes, and up to 50 bytes for each host of a list. */
const longest = 16 * 2 ** 20;

/** What must never differ: who, what, when, and what came of it. Versions of tools and the sensor's own name may. */
const lasting = [
  ...[
    'id',
    'kind',
    'state',
    'analyst',
    'orderedBy',
    'approvedBy',
    'description',
    'expression',
    'hosts',
    'case',
    'interface',
    'ring',
    'window',
  ],
  ...['snaplen', 'savefile', 'startedAt', 'endedAt', 'why', 'bytes', 'packets', 'counts', 'facts', 'sha256', 'joined'],
] as const;

/** Holds a savefile's sidecar against the registry. @param nets of its list of hosts, as the registry has it */
export async function examineSidecar(place: Place, capture: Capture, nets: readonly string[]): Promise<SidecarFinding> {
  let said: unknown;
  try {
    said = JSON.parse(await readSidecar(`${place.directory}/${capture.savefile}.json`));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { sidecar: 'missing' };
    return { sidecar: 'unreadable', why: error instanceof Error ? error.message : String(error) };
  }
  const known = new Map(Object.entries(explained(place, capture, nets)));
  const told = new Map(Object.entries(typeof said === 'object' && said !== null ? said : {}));
  const keys = lasting.filter((key) => !isDeepStrictEqual(told.get(key), known.get(key)));
  return keys.length === 0 ? { sidecar: 'holds' } : { sidecar: 'differs', keys };
}

async function readSidecar(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    if (size > longest) throw new Error(`it has ${size} bytes, which no sidecar of ours has`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
