import { type Health, type RingHealth, silentFor } from '../../capture/health.ts';
import { diskInWords, isInSight, lastingAt } from '../../reports/disk.ts';
import { count, counted, lasting, named, size, utc, utcOf } from '../../reports/figures.ts';
import { bold, said, typed } from './text.ts';
import type { Row } from './view.ts';

/** Rings told one by one: a sensor with more is looked at by its doctor. */
const mostRings = 8;

/** How the sensor is, what needs a look first in its headline. */
export function healthRows(health: Health): Row[] {
  const told = [
    diskLine(health),
    dropsLine(health),
    supervisorLine(health),
    ...health.rings.slice(0, mostRings).map(ringLine),
  ];
  const troubled = told.filter(({ wrong }) => wrong).length;
  const hidden = health.rings.length - mostRings;
  return [
    [bold(troubled === 0 ? '✅ Sensor health' : `⚠️ Sensor health: ${counted(troubled, 'thing')} to look at`)],
    ...told.map(({ wrong, row }): Row => [bold(wrong ? '⚠️ ' : '· '), ...row]),
    ...(hidden > 0 ? [[said(`and ${counted(hidden, 'more ring')}`)]] : []),
  ];
}

interface Line {
  readonly wrong: boolean;
  readonly row: Row;
}

function diskLine({ disk, writtenPerDay }: Health): Line {
  if (disk === null) return { wrong: true, row: [bold('Disk: '), said('its volume cannot be looked at')] };
  const forecast = lastingAt(disk, writtenPerDay);
  // Where it is in sight, the words name it already.
  const floor = !isInSight(forecast) && disk.free >= disk.floor ? `, floor ${size(disk.floor)}` : '';
  const wrong = disk.free < disk.floor || forecast.days === 0;
  return { wrong, row: [bold('Disk: '), said(`${diskInWords(forecast)}${floor}`)] };
}

function dropsLine({ drops: { live, counted: told, dropping } }: Health): Line {
  const label = bold('Kernel drops: ');
  if (dropping.length > 0) {
    const packets = dropping.reduce((sum, each) => sum + each.packets, 0);
    const captures = named(dropping.map(({ capture }) => capture));
    return { wrong: true, row: [label, said(`${counted(packets, 'packet')} in ${captures}`)] };
  }
  if (live === 0) return { wrong: false, row: [label, said('nothing captures')] };
  const known = told === live ? '' : `; not known yet of ${count(live - told)}`;
  return { wrong: false, row: [label, said(`none in ${count(told)} of ${counted(live, 'live capture')}${known}`)] };
}

function supervisorLine({ supervisor, drops }: Health): Line {
  const label = bold('Looked after by: ');
  if (supervisor === null) {
    const wrong = drops.live > 0;
    return { wrong, row: [label, said(wrong ? 'nobody, so no limit holds' : 'nobody, and nothing captures')] };
  }
  const who = supervisor.isThisProcess ? 'this bot, process' : 'process';
  return { wrong: false, row: [label, said(`${who} ${supervisor.pid}`)] };
}

function ringLine(ring: RingHealth): Line {
  const label: Row = [bold('Ring '), typed(ring.ring, 80, { bold: true }), bold(': ')];
  if (ring.is === 'closed') return { wrong: true, row: [...label, typed(`cannot be read: ${ring.why}`, 300)] };
  const { files, bytes, from, writtenAt } = ring;
  if (from === null || writtenAt === null) {
    return { wrong: true, row: [...label, said(`no pcap with a packet in it, ${counted(files, 'file')}`)] };
  }
  const silent = silentFor(writtenAt, ring.at);
  const logger = silent === null ? '' : `; its logger has written nothing for ${lasting(silent)}`;
  const words = `from ${utcOf(from)}, last written ${utc(writtenAt)}${logger}. ${counted(files, 'file')}, ${size(bytes)}, ${indexInWords(ring)} indexed`;
  return { wrong: silent !== null, row: [...label, said(words)] };
}

/** A hundred is said only where nothing lacks one. */
function indexInWords({ files, indexed }: { readonly files: number; readonly indexed: number }): string {
  return files === 0 ? 'none' : `${Math.floor((indexed / files) * 100)}%`;
}
