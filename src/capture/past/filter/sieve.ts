import type { PcapHeader } from '../../savefile.ts';
import type { HostProgram } from './hosts.ts';
import { openScanner, translate } from './scanner.ts';

/** Takes whole records, and gives those that have a host of a list; the buffer is new. */
export type Sieve = (records: Buffer) => { readonly wanted: Buffer; readonly packets: number };

/** A sieve for records that a tcpdump selected. @param header of what it writes */
export function openSieve(hosts: readonly HostProgram[], header: PcapHeader): Sieve {
  const translation = translate(everyPacket, hosts);
  if (!translation.translatable) throw new Error(`a program of one instruction: ${translation.why}`);
  const scanner = openScanner(translation.module);
  scanner.begin({ header, window: { since: null, until: null }, precision: header.precision });
  return (records) => {
    const wanted: Buffer[] = [];
    let packets = 0;
    for (let offset = 0; offset < records.length; ) {
      const taken = records.copy(scanner.input, 0, offset);
      offset += taken;
      scanner.take(taken);
      for (let isFull = true; isFull; ) {
        const step = scanner.scan();
        isFull = step.stop === 'output full';
        packets += step.packets;
        wanted.push(Buffer.from(scanner.drain()));
      }
    }
    return { wanted: Buffer.concat(wanted), packets };
  };
}

const everyPacket = [{ code: 0x06, jt: 0, jf: 0, k: 1 }];
