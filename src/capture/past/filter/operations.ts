import type { Instruction } from '../../bpf.ts';

export type Register = 'A' | 'X';
export type Operator = '+' | '-' | '*' | '/' | '%' | '|' | '&' | '^' | '<<' | '>>';
/** A comparison without sign, or whether any of the bits is set. */
export type Comparison = '=' | '>' | '>=' | '&';
/** A constant of 32 bits without sign, or the register X. */
export type Operand = number | 'X';

/** What an instruction of classic BPF does. Distances are counted from the next instruction. */
export type Operation =
  | { readonly does: 'constant'; readonly to: Register; readonly value: number }
  | { readonly does: 'wire length'; readonly to: Register }
  | { readonly does: 'load'; readonly size: 1 | 2 | 4; readonly offset: number; readonly indexed: boolean }
  /** X becomes the length of an IPv4 header: four times the lower half of a byte. */
  | { readonly does: 'header length'; readonly offset: number }
  | { readonly does: 'recall'; readonly to: Register; readonly cell: number }
  | { readonly does: 'store'; readonly from: Register; readonly cell: number }
  | { readonly does: 'transfer'; readonly to: Register }
  | { readonly does: 'calculate'; readonly operator: Operator; readonly operand: Operand }
  | { readonly does: 'negate' }
  | { readonly does: 'jump'; readonly by: number }
  | {
      readonly does: 'branch';
      readonly comparison: Comparison;
      readonly operand: Operand;
      readonly whenTrue: number;
      readonly whenFalse: number;
    }
  | { readonly does: 'return'; readonly value: number | 'A' };

/** BPF_MEMWORDS of libpcap. */
export const cells = 16;

/** What an instruction does, for libpcap's `pcap_filter` (1.10.3); undefined for what that has no certain meaning for. */
export function operationOf(instruction: Instruction): Operation | undefined {
  const { code, jt, jf, k } = instruction;
  switch (code & 0x07) {
    case 0x00:
      return loadA(code, k);
    case 0x01:
      return loadX(code, k);
    case 0x02:
      return code === 0x02 && k < cells ? { does: 'store', from: 'A', cell: k } : undefined;
    case 0x03:
      return code === 0x03 && k < cells ? { does: 'store', from: 'X', cell: k } : undefined;
    case 0x04:
      return calculation(code, k);
    case 0x05: {
      if (code === 0x05) return { does: 'jump', by: k | 0 };
      const comparison = comparisons.get(code & ~0x08);
      if (comparison === undefined) return undefined;
      return { does: 'branch', comparison, operand: operandOf(code, k), whenTrue: jt, whenFalse: jf };
    }
    case 0x06:
      if (code === 0x06) return { does: 'return', value: k };
      return code === 0x16 ? { does: 'return', value: 'A' } : undefined;
    default:
      if (code === 0x07) return { does: 'transfer', to: 'X' };
      return code === 0x87 ? { does: 'transfer', to: 'A' } : undefined;
  }
}

const sizes = new Map<number, 1 | 2 | 4>([
  [0x00, 4],
  [0x08, 2],
  [0x10, 1],
]);

const comparisons = new Map<number, Comparison>([
  [0x15, '='],
  [0x25, '>'],
  [0x35, '>='],
  [0x45, '&'],
]);

const operators = new Map<number, Operator>([
  [0x04, '+'],
  [0x14, '-'],
  [0x24, '*'],
  [0x34, '/'],
  [0x44, '|'],
  [0x54, '&'],
  [0x64, '<<'],
  [0x74, '>>'],
  [0x94, '%'],
  [0xa4, '^'],
]);

function loadA(code: number, k: number): Operation | undefined {
  if (code === 0x00) return { does: 'constant', to: 'A', value: k };
  if (code === 0x80) return { does: 'wire length', to: 'A' };
  if (code === 0x60) return k < cells ? { does: 'recall', to: 'A', cell: k } : undefined;
  const size = sizes.get(code & 0x18);
  const mode = code & 0xe0;
  if (size === undefined || (mode !== 0x20 && mode !== 0x40)) return undefined;
  return { does: 'load', size, offset: k, indexed: mode === 0x40 };
}

function loadX(code: number, k: number): Operation | undefined {
  if (code === 0x01) return { does: 'constant', to: 'X', value: k };
  if (code === 0x81) return { does: 'wire length', to: 'X' };
  if (code === 0x61) return k < cells ? { does: 'recall', to: 'X', cell: k } : undefined;
  return code === 0xb1 ? { does: 'header length', offset: k } : undefined;
}

function calculation(code: number, k: number): Operation | undefined {
  if (code === 0x84) return { does: 'negate' };
  const operator = operators.get(code & ~0x08);
  const operand = operandOf(code, k);
  if (operator === undefined) return undefined;
  // libpcap leaves these two to the C compiler, and refuses expressions that would need them.
  if ((operator === '/' || operator === '%') && operand === 0) return undefined;
  if ((operator === '<<' || operator === '>>') && operand !== 'X' && operand > 31) return undefined;
  return { does: 'calculate', operator, operand };
}

function operandOf(code: number, k: number): Operand {
  return (code & 0x08) === 0 ? k : 'X';
}
