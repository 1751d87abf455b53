import type { AddressTable } from '../../indicators.ts';
import type { HostProgram } from './hosts.ts';
import type { PlacedTable } from './operations.ts';
import type { Memory } from './wasm.ts';

/** The tables of host programs, one behind the other in a module's memory from an address on, and the memory with them. */
export function placeTables(
  hosts: readonly HostProgram[],
  from: number,
): { readonly placed: ReadonlyMap<HostProgram, PlacedTable>; readonly memory: Memory } {
  const placed = new Map<HostProgram, PlacedTable>();
  const data: Memory['data'][number][] = [];
  let at = from;
  for (const host of hosts) {
    if (host.standIn === null) continue;
    const { words, ranges } = host.standIn.table;
    const bytes = littleEndian(ranges);
    placed.set(host, { at, words, entries: ranges.length / (2 * words) });
    data.push({ at, bytes });
    at += bytes.length;
  }
  return { placed, memory: { bytes: at, data } };
}

/** As WebAssembly loads them, whatever the machine's own byte order. */
function littleEndian(ranges: AddressTable['ranges']): Uint8Array {
  const bytes = Buffer.alloc(ranges.byteLength);
  for (const [at, word] of ranges.entries()) bytes.writeUInt32LE(word, at * Uint32Array.BYTES_PER_ELEMENT);
  return bytes;
}
