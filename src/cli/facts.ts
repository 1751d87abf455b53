import type { Capture, Facts, Micros } from '../capture/capture.ts';
import { utcExactly } from '../reports/figures.ts';
import { oneLine } from '../reports/words.ts';
import { labelled } from './labels.ts';

/** capinfos' words for the numbers of https://www.tcpdump.org/linktypes.html that a sensor's interfaces have. */
const encapsulations: Readonly<Record<number, string>> = {
  0: 'NULL/Loopback',
  1: 'Ethernet',
  101: 'Raw IP',
  105: 'IEEE 802.11 Wireless LAN',
  113: 'Linux cooked-mode capture v1',
  127: 'IEEE 802.11 plus radiotap radio header',
  228: 'Raw IPv4',
  229: 'Raw IPv6',
  276: 'Linux cooked-mode capture v2',
};

/** What capinfos(1) tells of a savefile, in its words and order; the packets' times are in literal UTC. */
export function fileInfoLines(capture: Capture): string[] {
  const { facts } = capture;
  const name = oneLine(capture.path);
  if (facts === null)
    return [
      'Capture file info:',
      ...labelled(
        [
          ['File name', name],
          ['File type', 'not read'],
        ],
        21,
      ),
    ];
  return [
    'Capture file info:',
    ...labelled(
      [
        ['File name', name],
        ['File type', typeOf(facts)],
        ['File encapsulation', encapsulationOf(facts)],
        ['Number of packets', String(facts.packets)],
        ['File size', `${facts.fileBytes} bytes`],
        ['Data size', `${facts.dataBytes} bytes`],
        ...timing(facts),
        ['Average packet size', facts.packets === 0 ? 'n/a' : `${(facts.dataBytes / facts.packets).toFixed(2)} bytes`],
        ...(facts.cutAt === null ? [] : [['Cut', `the last packet, at offset ${facts.cutAt}, is not whole`] as const]),
      ],
      21,
    ),
  ];
}

function typeOf({ linktype, precision }: Facts): string {
  if (linktype === null) return 'Wireshark/... - pcapng';
  return `Wireshark/tcpdump/... - ${precision === 'nanoseconds' ? 'nanosecond ' : ''}pcap`;
}

function encapsulationOf({ linktype }: Facts): string {
  return linktype === null ? 'Per packet' : (encapsulations[linktype] ?? `linktype ${linktype}`);
}

function timing(facts: Facts): [label: string, value: string][] {
  const { firstAt, lastAt } = facts;
  const seconds = firstAt === null || lastAt === null ? null : Math.max(0, lastAt - firstAt) / 1e6;
  const time = (at: Micros | null) => (at === null ? 'n/a' : utcExactly(at));
  const rate = (amount: number, unit: string) => (seconds ? `${(amount / seconds).toFixed(2)} ${unit}` : 'n/a');
  return [
    ['Capture duration', seconds === null ? 'n/a' : `${seconds.toFixed(6)} seconds`],
    ['Start time', time(firstAt)],
    ['End time', time(lastAt)],
    ['Data byte rate', rate(facts.dataBytes, 'bytes/s')],
    ['Data bit rate', rate(facts.dataBytes * 8, 'bits/s')],
  ];
}
