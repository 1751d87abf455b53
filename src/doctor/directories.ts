import { realpathSync, type Stats, statfsSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import { quoteWord } from '../command/words.ts';
import type { Config, Ring } from '../config.ts';
import { named, size } from '../reports/figures.ts';
import { groupNumber, userName } from './account.ts';
import { broken, type Finding, ok, warning } from './finding.ts';
import { isWritable, nearestSeen, placeAt } from './place.ts';

/** The directories that are ours: there, private, writable, outside every ring, with room. Nothing is written to find out. */
export async function checkDirectories(config: Config): Promise<Finding[]> {
  return [
    await checkDirectory('state directory', config.state, config),
    await checkDirectory('captures', config.captures, config),
    await checkPins(config),
    ...(await checkGroup(config)),
    ...checkSpace(config),
  ];
}

async function checkDirectory(check: string, path: string, { rings }: Config): Promise<Finding> {
  const place = placeAt(path);
  switch (place.is) {
    case 'absent':
      return absent(check, path);
    case 'closed':
      return broken(check, `this user may not look into ${place.by}`, mendings.owner, await asOwnerOf(place.by));
    case 'there':
      return judged(check, path, place.stats, rings);
    default:
      return place satisfies never;
  }
}

/** Where ring files are pinned, and whether that takes room at once. */
async function checkPins(config: Config): Promise<Finding> {
  const { directory, size: most } = config.pins;
  const finding = await checkDirectory('pins', directory, config);
  if (finding.verdict !== 'ok') return finding;
  const volume = statSync(nearestSeen(directory)).dev;
  const apart = config.rings.filter(({ path }) => statSync(nearestSeen(path)).dev !== volume).map(({ name }) => name);
  const how = apart.length === 0 ? '' : `; on another file system than ${named(apart)}: its files are copied`;
  return ok('pins', `${finding.found}; up to ${size(most)}${how}`);
}

async function judged(check: string, path: string, stats: Stats, rings: readonly Ring[]): Promise<Finding> {
  const found = `${path}, owned by ${await userName(stats.uid)}, mode ${(stats.mode & 0o7777).toString(8).padStart(4, '0')}`;
  if (!stats.isDirectory()) return broken(check, `${path} is not a directory`, mendings.another);
  const ring = rings.find((each) => isInside(path, each.path));
  if (ring !== undefined) {
    return broken(
      check,
      `${path} is inside the ring ${ring.name}: its logger deletes files there by name`,
      mendings.outside,
    );
  }
  if (!isWritable(path)) {
    return broken(check, `${found}: not writable for this user`, mendings.owner, await asOwnerOf(path));
  }
  // Passing through (x) shows nothing to whom the files themselves are closed.
  if ((stats.mode & 0o006) !== 0) {
    return warning(
      check,
      `${found}: open to everybody on the sensor`,
      'Keep evidence private.',
      `chmod o-rw ${quoteWord(path)}`,
    );
  }
  return ok(check, found);
}

const mendings = {
  another: 'Move it away, or name another in the configuration.',
  owner: 'Run capture as its owner; or as root, where root runs captures.',
  outside: 'Name a directory outside the ring in the configuration, and move what is in this one there.',
} as const;

function absent(check: string, path: string): Finding {
  const above = nearestSeen(path);
  const make = (options: string) => `install -d -m 0750 ${options}${quoteWord(path)}`;
  if (isWritable(above)) return ok(check, `${path} is not there yet: the first command makes it`);
  const own = `-o ${process.getuid?.() ?? 'root'} `;
  return broken(
    check,
    `${path} is not there, and this user may not make it`,
    'Let root make it for this user.',
    make(own),
  );
}

async function checkGroup({ group }: Config): Promise<Finding[]> {
  if (group === null) return [];
  if ((await groupNumber(group)) !== undefined) return [ok('group', `${group} owns completed savefiles`)];
  return [
    broken(
      'group',
      `there is no group ${group}: no savefile can be completed`,
      'Make it.',
      `groupadd --system ${quoteWord(group)}`,
    ),
  ];
}

function checkSpace(config: Config): Finding[] {
  const check = 'free space';
  const place = nearestSeen(config.captures);
  const { bavail, bsize, ffree, files } = statfsSync(place);
  const free = bavail * bsize;
  const floor = config.limits.freeSpace;
  const found = `${size(free)} free for captures; ${size(floor)} must stay free${sharedWith(config, place)}`;
  const see = `du -xh --max-depth=1 ${quoteWord(place)} | sort -h`;
  if (free < floor)
    return [
      broken(check, `${found}: no capture may start`, 'Make room, or lower limits.freeSpace; see what takes it.', see),
    ];
  if (files > 0 && ffree < 1_000)
    return [
      broken(
        check,
        `only ${ffree} more files fit on the volume`,
        'Remove files; count them where they are.',
        `df -i ${quoteWord(place)}`,
      ),
    ];
  if (free < 2 * floor) return [warning(check, `${found}: soon none may start`, 'Make room; see what takes it.', see)];
  return [ok(check, found)];
}

/** Whoever fills the volume takes these with it. */
function sharedWith({ state, rings }: Config, captures: string): string {
  const volume = statSync(captures).dev;
  const shares = (path: string) => statSync(nearestSeen(path)).dev === volume;
  const others = [
    ...(shares(state) ? ['the state directory'] : []),
    ...rings.filter(({ path }) => shares(path)).map(({ name }) => `ring ${name}`),
  ];
  return others.length === 0 ? '' : `; ${named(others)} on the same volume`;
}

/** Whether a path lies in a directory, links followed. */
function isInside(path: string, directory: string): boolean {
  const [real, above] = [realOf(path), realOf(directory)];
  return real === above || real.startsWith(`${above}${sep}`);
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // What is not there has no links in it.
    return path;
  }
}

/** The command that examines all this as the owner of a directory. */
async function asOwnerOf(path: string): Promise<string> {
  const { uid } = statSync(path);
  return uid === 0
    ? 'sudo capture doctor'
    : `sudo -u ${quoteWord((await userName(uid)).replace(/^uid /, '#'))} capture doctor`;
}
