import type { Capture, Facts } from '../../capture/capture.ts';
import { count, lasting, size, utcExactly } from '../../reports/figures.ts';
import { dropsOf } from '../../reports/holes.ts';
import { bold, code, said } from './text.ts';
import type { Row } from './view.ts';

/** Names of https://www.tcpdump.org/linktypes.html that a sensor's interfaces have. */
const linktypes: Readonly<Record<number, string>> = {
  0: 'BSD loopback',
  1: 'Ethernet',
  101: 'raw IP',
  105: '802.11',
  113: 'Linux cooked v1',
  127: '802.11 radiotap',
  228: 'raw IPv4',
  229: 'raw IPv6',
  276: 'Linux cooked v2',
};

/** What capinfos would tell of the savefile, a row each, with the packets' times as evidence in literal UTC. */
export function factRows(facts: Facts): Row[] {
  const between =
    facts.firstAt === null || facts.lastAt === null ? null : Math.max(0, facts.lastAt - facts.firstAt) / 1000;
  const seconds = between === null ? 0 : between / 1000;
  const told: [string, string][] = [
    ['Packets', count(facts.packets)],
    ['First packet', facts.firstAt === null ? 'none' : utcExactly(facts.firstAt)],
    ['Last packet', facts.lastAt === null ? 'none' : utcExactly(facts.lastAt)],
    ['Duration', between === null ? 'none' : `${lasting(between)} (${seconds.toFixed(6)} s)`],
    ['File', exactly(facts.fileBytes)],
    ['On the wire', exactly(facts.dataBytes)],
  ];
  if (seconds > 0)
    told.push(['Rate', `${size(facts.dataBytes / seconds)}/s, ${rate(facts.packets / seconds)} packets/s`]);
  if (facts.packets > 0) told.push(['Average packet', `${count(Math.round(facts.dataBytes / facts.packets))} bytes`]);
  told.push(['Linktype', `${linktypeInWords(facts.linktype)}, snaplen ${count(facts.snaplen)}, ${facts.precision}`]);
  const cut: Row[] =
    facts.cutAt === null ? [] : [[bold(`⚠️ Cut: the last packet, at offset ${count(facts.cutAt)}, is not whole`)]];
  return [...told.map(([label, words]) => labelled(label, words)), ...cut];
}

function linktypeInWords(linktype: number | null): string {
  return linktype === null ? 'several, in a pcapng' : `${linktypes[linktype] ?? 'number'} (${linktype})`;
}

/** Where the packets are and their digest in full: what somebody needs who takes the savefile off the sensor. */
export function custodyRows(capture: Capture): Row[] {
  const digest = capture.sha256 === null ? said('not made') : code(capture.sha256, 80);
  const later: Row[] = capture.path.endsWith(`/${capture.savefile}`)
    ? []
    : [[bold('Will be: '), code(capture.savefile, 255)]];
  return [[bold('Savefile: '), code(capture.path, 500)], ...later, [bold('SHA-256: '), digest]];
}

/** What tcpdump said at its end; nothing for a search. */
export function countRows(capture: Capture): Row[] {
  if (capture.kind === 'past') return [];
  const words = (value: number | null | undefined) =>
    value === null || value === undefined ? 'unknown' : count(value);
  const counts = capture.counts;
  const dropped = `${words(counts?.droppedByKernel)} dropped by kernel`;
  return [
    [
      bold('tcpdump: '),
      said(`${words(counts?.captured)} captured, ${words(counts?.receivedByFilter)} received by filter, `),
      dropsOf(capture).seen === 'none' ? said(dropped) : bold(dropped),
    ],
  ];
}

export function labelled(label: string, words: string): Row {
  return [bold(`${label}: `), said(words)];
}

function exactly(bytes: number): string {
  return bytes < 1024 ? size(bytes) : `${size(bytes)} (${count(bytes)} bytes)`;
}

function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : count(Math.round(perSecond));
}
