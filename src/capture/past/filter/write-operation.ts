import { longestPacket } from '../../savefile.ts';
import type { Comparison, Operand, Operation, Operator } from './operations.ts';
import type { Code, Label, Local, Opcode } from './wasm.ts';

/** A packet as the filter finds it, and where it goes with it. */
export interface Place {
  /** Address of the packet's first byte. */
  readonly packet: Local;
  /** Bytes of it that there are. */
  readonly captured: Local;
  /** Bytes of it on the wire. */
  readonly length: Local;
  readonly accept: Label;
  readonly reject: Label;
}

export interface Registers {
  readonly A: Local;
  readonly X: Local;
  readonly cells: readonly Local[];
  /** For a value between two steps of one operation. */
  readonly scratch: Local;
}

/** The label of the instruction so many behind the next one; undefined for the next one itself, unless it is a verdict. */
type LabelAt = (distance: number) => Label | undefined;

/** Writes one operation with the meaning that it has in `pcap_filter` of libpcap 1.10.3: a load outside of the packet rejects it. */
export function writeOperation(
  code: Code,
  operation: Operation,
  registers: Registers,
  place: Place,
  labelAt: LabelAt,
): void {
  const { A, X } = registers;
  switch (operation.does) {
    case 'constant':
      code.constant(operation.value).set(registers[operation.to]);
      return;
    case 'wire length':
      code.get(place.length).set(registers[operation.to]);
      return;
    case 'load':
      writeLoad(code, operation, registers, place);
      return;
    case 'header length':
      if (!writeBounds(code, place, operation.offset + 1)) return;
      code.get(place.packet).access('i32.load8_u', operation.offset);
      code.constant(15).op('i32.and').constant(2).op('i32.shl').set(X);
      return;
    case 'recall':
      code.get(cellOf(registers, operation.cell)).set(registers[operation.to]);
      return;
    case 'store':
      code.get(registers[operation.from]).set(cellOf(registers, operation.cell));
      return;
    case 'transfer':
      code.get(operation.to === 'A' ? X : A).set(registers[operation.to]);
      return;
    case 'negate':
      code.constant(0).get(A).op('i32.sub').set(A);
      return;
    case 'calculate':
      writeCalculation(code, operation.operator, operation.operand, registers, place);
      return;
    case 'jump':
      writeJump(code, labelAt(operation.by));
      return;
    case 'branch':
      writeBranch(code, operation, registers, labelAt);
      return;
    case 'return':
      if (operation.value === 'A') code.get(A).branchIf(place.accept).branch(place.reject);
      else code.branch(operation.value === 0 ? place.reject : place.accept);
      return;
    default:
      operation satisfies never;
  }
}

function writeLoad(
  code: Code,
  { size, offset, indexed }: Extract<Operation, { does: 'load' }>,
  registers: Registers,
  place: Place,
): void {
  if (!writeBounds(code, place, offset + size)) return;
  code.get(place.packet);
  if (indexed) {
    // Not X + offset > captured: the sum may go beyond 32 bits.
    const room = code
      .get(registers.X)
      .get(place.captured)
      .constant(offset + size)
      .op('i32.sub');
    room.op('i32.gt_u').branchIf(place.reject).get(registers.X).op('i32.add');
  }
  code.access(size === 4 ? 'i32.load' : size === 2 ? 'i32.load16_u' : 'i32.load8_u', offset);
  if (size === 4) writeSwap32(code, registers.scratch);
  if (size === 2) writeSwap16(code, registers.scratch);
  code.set(registers.A);
}

/** Rejects a packet that is shorter than so many bytes. False when every packet is: nothing behind it is reached. */
function writeBounds(code: Code, place: Place, bytes: number): boolean {
  if (bytes > longestPacket) {
    code.branch(place.reject);
    return false;
  }
  code.get(place.captured).constant(bytes).op('i32.lt_u').branchIf(place.reject);
  return true;
}

/** Turns the four bytes of the value on the stack round. */
export function writeSwap32(code: Code, scratch: Local): void {
  code.tee(scratch).constant(0x00ff00ff).op('i32.and').constant(24).op('i32.rotl');
  code.get(scratch).constant(8).op('i32.rotl').constant(0x00ff00ff).op('i32.and', 'i32.or');
}

/** Exchanges the lower two bytes of the value on the stack; the others are 0. */
function writeSwap16(code: Code, scratch: Local): void {
  code.tee(scratch).constant(8).op('i32.shr_u');
  code.get(scratch).constant(0xff).op('i32.and').constant(8).op('i32.shl', 'i32.or');
}

const calculations: Record<Operator, Opcode> = {
  '+': 'i32.add',
  '-': 'i32.sub',
  '*': 'i32.mul',
  '/': 'i32.div_u',
  '%': 'i32.rem_u',
  '|': 'i32.or',
  '&': 'i32.and',
  '^': 'i32.xor',
  '<<': 'i32.shl',
  '>>': 'i32.shr_u',
};

function writeCalculation(code: Code, operator: Operator, operand: Operand, { A, X }: Registers, place: Place): void {
  const calculate = calculations[operator];
  if (operand !== 'X') {
    code.get(A).constant(operand).op(calculate).set(A);
    return;
  }
  if (operator === '/' || operator === '%') code.get(X).op('i32.eqz').branchIf(place.reject);
  code.get(A).get(X).op(calculate);
  // WebAssembly shifts by X modulo 32; BPF shifts everything out.
  if (operator === '<<' || operator === '>>') code.constant(0).get(X).constant(32).op('i32.lt_u', 'select');
  code.set(A);
}

/** How each comparison is written, and its contrary. */
const comparisons: Record<Comparison, { readonly holds: readonly Opcode[]; readonly fails: readonly Opcode[] }> = {
  '=': { holds: ['i32.eq'], fails: ['i32.ne'] },
  '>': { holds: ['i32.gt_u'], fails: ['i32.le_u'] },
  '>=': { holds: ['i32.ge_u'], fails: ['i32.lt_u'] },
  '&': { holds: ['i32.and'], fails: ['i32.and', 'i32.eqz'] },
};

function writeBranch(
  code: Code,
  { comparison, operand, whenTrue, whenFalse }: Extract<Operation, { does: 'branch' }>,
  { A, X }: Registers,
  labelAt: LabelAt,
): void {
  const [yes, no] = [labelAt(whenTrue), labelAt(whenFalse)];
  if (yes === no) {
    writeJump(code, yes);
    return;
  }
  code.get(A);
  if (operand === 'X') code.get(X);
  else code.constant(operand);
  const { holds, fails } = comparisons[comparison];
  if (yes === undefined) {
    if (no !== undefined) code.op(...fails).branchIf(no);
    return;
  }
  code.op(...holds).branchIf(yes);
  writeJump(code, no);
}

function writeJump(code: Code, label: Label | undefined): void {
  if (label !== undefined) code.branch(label);
}

function cellOf({ cells }: Registers, cell: number): Local {
  const local = cells[cell];
  if (local === undefined) throw new Error(`BPF has no cell ${cell}`);
  return local;
}
