import type { Capture, Facts } from '../../capture/capture.ts';
import { count, lasting, size, utcExactly } from '../../reports/figures.ts';
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
    ['Duration', between === null ? 'none' : lasting(between)],
    ['File', exactly(facts.fileBytes)],
    ['On the wire', exactly(facts.dataBytes)],
  ];
  if (seconds > 0)
    told.push([
      'Rate',
      `${size(facts.dataBytes / seconds)}/s, ${count(Math.round(facts.packets / seconds))} packets/s`,
    ]);
  if (facts.packets > 0) told.push(['Average packet', `${count(Math.round(facts.dataBytes / facts.packets))} bytes`]);
  told.push([
    'Linktype',
    `${linktypes[facts.linktype] ?? 'number'} (${facts.linktype}), snaplen ${count(facts.snaplen)}, ${facts.precision}`,
  ]);
  const cut: Row[] =
    facts.cutAt === null ? [] : [[bold(`⚠️ Cut: the last packet, at offset ${count(facts.cutAt)}, is not whole`)]];
  return [...told.map(([label, words]) => labelled(label, words)), ...cut];
}

/** The savefile's name and its digest in full: what somebody needs who takes it off the sensor. */
export function custodyRows(capture: Capture): Row[] {
  const digest = capture.sha256 === null ? said('not made') : code(capture.sha256, 80);
  return [
    [bold('Savefile: '), code(capture.savefile, 255)],
    [bold('At: '), code(capture.path, 500)],
    [bold('SHA-256: '), digest],
  ];
}

/** What tcpdump said at its end, a row each. */
export function countRows(capture: Capture): Row[] {
  if (capture.kind === 'past') return [];
  const words = (value: number | null | undefined) =>
    value === null || value === undefined ? 'not said' : count(value);
  const counts = capture.counts;
  return [
    labelled('Captured', words(counts?.captured)),
    labelled('Received by filter', words(counts?.receivedByFilter)),
    labelled('Dropped by kernel', words(counts?.droppedByKernel)),
  ];
}

export function labelled(label: string, words: string): Row {
  return [bold(`${label}: `), said(words)];
}

function exactly(bytes: number): string {
  return bytes < 1024 ? size(bytes) : `${size(bytes)} (${count(bytes)} bytes)`;
}
