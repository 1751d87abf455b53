/** A number of 32 bits without sign as LEB128 (WebAssembly Core Specification 2.0, 5.2.2). */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

/** A number of 32 bits with sign as LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  return [...bytes, rest & 0x7f];
}

/** Bytes that become more. */
export interface Growing {
  push(...bytes: number[]): void;
  append(bytes: Uint8Array): void;
  length(): number;
  bytes(): Uint8Array<ArrayBuffer>;
}

export function growing(): Growing {
  let room = new Uint8Array(4_096);
  let length = 0;
  const makeRoom = (more: number): void => {
    if (length + more <= room.length) return;
    const larger = new Uint8Array(Math.max(room.length * 2, length + more));
    larger.set(room.subarray(0, length));
    room = larger;
  };
  return {
    push: (...bytes) => {
      makeRoom(bytes.length);
      for (const byte of bytes) room[length++] = byte;
    },
    append: (bytes) => {
      makeRoom(bytes.length);
      room.set(bytes, length);
      length += bytes.length;
    },
    length: () => length,
    bytes: () => room.slice(0, length),
  };
}
