import { mkdir } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Blemishes, damageOf } from './blemishes.ts';
import { type RingFile, RingFileWriter, writeEmpty } from './ring-file.ts';
import { timeline } from './timeline.ts';

export type HistoryOptions = {
  directory: string;
  from: Date;
  to: Date;
  /** How many files share the time evenly, as `daemonlogger -t` rolls; an empty one comes on top. */
  files: number;
  /** On average, 64 KiB at least; 1 MiB by default. */
  bytesPerFile?: number;
  seed: number;
  /** `daemonlogger.pcap` by default, as on Debian. */
  prefix?: string;
  blemishes?: Blemishes;
};

/** What was written: the files in time order, and what can be read out of all of them together. */
export type History = {
  files: RingFile[];
  packets: number;
  bytes: number;
  /** Packets that `host 192.0.2.7` selects in a file, and those of the same host that need `vlan and host 192.0.2.7`. */
  shopPackets: number;
  taggedShopPackets: number;
  /** When a beacon to 203.0.113.66 port 4444 was recorded, in microseconds since 1970. */
  beacons: number[];
  /** Where packets are missing: from one file's last packet to the next file's first, in microseconds since 1970. */
  holes: { from: number; to: number }[];
};

/**
 * Writes the ring files that daemonlogger would have left between two times: whole sessions in real frames with right
 * checksums, names and modification times as daemonlogger gives them. The same options give the same bytes.
 */
export async function writeHistory(options: HistoryOptions): Promise<History> {
  const { directory, files, bytesPerFile = 1 << 20, seed, prefix = 'daemonlogger.pcap' } = options;
  const from = options.from.getTime() * 1_000;
  const to = options.to.getTime() * 1_000;
  const span = (to - from) / files;
  if (!(span >= 2e6)) throw new Error('a history file needs two seconds at least: names are in whole seconds');
  if (bytesPerFile < 65_536) throw new Error('a history file needs 64 KiB at least');
  const damage = damageOf(options.blemishes ?? {}, files, span);
  await mkdir(directory, { recursive: true });

  const written: RingFile[] = [];
  const holes: History['holes'] = [];
  let current: { file: number; writer: RingFileWriter } | undefined;
  const finish = (next?: number) => {
    if (!current) return;
    const { file, writer } = current;
    const closed = writer.close(damage.isCut(file) ? 'cut' : 'whole');
    written.push(closed);
    if (damage.isFollowedByEmpty(file)) written.push(writeEmpty(directory, prefix, from + (file + 0.95) * span));
    if (damage.isFollowedByHole(file) && next !== undefined && closed.state !== 'empty') {
      holes.push({ from: closed.last, to: next });
    }
  };
  for (const sighting of timeline(from, to, files * bytesPerFile, seed)) {
    const elapsed = (sighting.at - from) / span;
    const file = Math.min(files - 1, Math.floor(elapsed));
    if (damage.isLost(file, elapsed - file)) continue;
    if (current?.file !== file) {
      finish(sighting.at);
      current = { file, writer: new RingFileWriter(directory, prefix, sighting.at) };
      await nextTurn(); // a day takes seconds to write; whoever shares this process gets a turn between files
    }
    current.writer.record(sighting);
  }
  finish();
  return { ...totalsOf(written), holes };
}

function totalsOf(files: RingFile[]): Omit<History, 'holes'> {
  const total = (count: (file: RingFile) => number) => files.reduce((sum, file) => sum + count(file), 0);
  return {
    files,
    packets: total((file) => file.packets),
    bytes: total((file) => file.bytes),
    shopPackets: total((file) => file.concerns.shop),
    taggedShopPackets: total((file) => file.concerns['tagged shop']),
    beacons: files.flatMap((file) => file.beacons),
  };
}
