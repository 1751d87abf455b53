import type { Program } from '../../../../src/capture/bpf.ts';

/** What bpf_filter(4) says, word for word, with big integers so that nothing is rounded or signed by accident: is the packet accepted? */
export function interpret(program: Program, packet: Buffer, wireLength: number): boolean {
  let [A, X] = [0n, 0n];
  const M = Array<bigint>(16).fill(0n);
  for (let pc = 0; ; pc += 1) {
    const instruction = program[pc];
    if (instruction === undefined) throw new Error('the program has no end');
    const { code, jt, jf } = instruction;
    const k = BigInt(instruction.k);
    const load = (at: bigint, size: number): bigint | undefined =>
      at + BigInt(size) > BigInt(packet.length) ? undefined : BigInt(packet.readUIntBE(Number(at), size));
    const operand = (code & 8) === 0 ? k : X;
    const skip = (holds: boolean): number => (holds ? jt : jf);
    let loaded: bigint | undefined = 0n;
    switch (code) {
      case 0x20:
      case 0x28:
      case 0x30:
        loaded = load(k, code === 0x20 ? 4 : code === 0x28 ? 2 : 1);
        A = loaded ?? 0n;
        break;
      case 0x40:
      case 0x48:
      case 0x50:
        loaded = load(X + k, code === 0x40 ? 4 : code === 0x48 ? 2 : 1);
        A = loaded ?? 0n;
        break;
      case 0xb1:
        loaded = load(k, 1);
        X = ((loaded ?? 0n) & 0xfn) * 4n;
        break;
      case 0x00:
        A = k;
        break;
      case 0x01:
        X = k;
        break;
      case 0x80:
        A = BigInt(wireLength);
        break;
      case 0x81:
        X = BigInt(wireLength);
        break;
      case 0x60:
        A = M[Number(k)] ?? 0n;
        break;
      case 0x61:
        X = M[Number(k)] ?? 0n;
        break;
      case 0x02:
        M[Number(k)] = A;
        break;
      case 0x03:
        M[Number(k)] = X;
        break;
      case 0x07:
        X = A;
        break;
      case 0x87:
        A = X;
        break;
      case 0x84:
        A = word(-A);
        break;
      case 0x05:
        pc += Number(k);
        break;
      case 0x15:
      case 0x1d:
        pc += skip(A === operand);
        break;
      case 0x25:
      case 0x2d:
        pc += skip(A > operand);
        break;
      case 0x35:
      case 0x3d:
        pc += skip(A >= operand);
        break;
      case 0x45:
      case 0x4d:
        pc += skip((A & operand) !== 0n);
        break;
      case 0x06:
        return k !== 0n;
      case 0x16:
        return A !== 0n;
      default: {
        const result = calculate(code & ~8, A, operand);
        if (result === undefined) return false;
        A = result;
      }
    }
    if (loaded === undefined) return false;
  }
}

/** What becomes of A; undefined for a division by zero. */
export function calculate(operator: number, A: bigint, operand: bigint): bigint | undefined {
  switch (operator) {
    case 0x04:
      return word(A + operand);
    case 0x14:
      return word(A - operand);
    case 0x24:
      return word(A * operand);
    case 0x34:
      return operand === 0n ? undefined : A / operand;
    case 0x94:
      return operand === 0n ? undefined : A % operand;
    case 0x44:
      return A | operand;
    case 0x54:
      return A & operand;
    case 0xa4:
      return A ^ operand;
    case 0x64:
      return operand > 31n ? 0n : word(A << operand);
    case 0x74:
      return operand > 31n ? 0n : A >> operand;
    default:
      throw new Error(`no operator has the code ${operator}`);
  }
}

function word(value: bigint): bigint {
  return BigInt.asUintN(32, value);
}
