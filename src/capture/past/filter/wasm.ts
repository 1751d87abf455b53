import { type Growing, growing, signed, unsigned } from './bytes.ts';

/** Instructions of WebAssembly without an immediate operand (WebAssembly Core Specification 2.0, 5.4). */
const opcodes = {
  select: 0x1b,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_u': 0x49,
  'i32.gt_u': 0x4b,
  'i32.le_u': 0x4d,
  'i32.ge_u': 0x4f,
  'f64.lt': 0x63,
  'f64.ge': 0x66,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.div_u': 0x6e,
  'i32.rem_u': 0x70,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.xor': 0x73,
  'i32.shl': 0x74,
  'i32.shr_u': 0x76,
  'i32.rotl': 0x77,
  'f64.floor': 0x9c,
  'f64.add': 0xa0,
  'f64.mul': 0xa2,
  'f64.div': 0xa3,
  'f64.min': 0xa4,
  'f64.max': 0xa5,
  'f64.convert_i32_u': 0xb8,
} as const;

/** Instructions that reach into memory at the address on the stack and an offset; as little-endian as WebAssembly is. */
const accesses = {
  'i32.load': 0x28,
  'i32.load8_u': 0x2d,
  'i32.load16_u': 0x2f,
  'i32.store': 0x36,
  'f64.store': 0x39,
} as const;

const valueTypes = { i32: 0x7f, f64: 0x7c } as const;
export type ValueType = keyof typeof valueTypes;
export type Opcode = keyof typeof opcodes;
export type Access = keyof typeof accesses;

/** A place to branch to: the end of a block, or the start of a loop. */
export interface Label {
  /** How many blocks stand around it. */
  readonly level: number;
}

/** A parameter or a local variable, by its number. */
export type Local = number;

/** The code of a function as it is written; every method but `block`, `loop` and `local` gives the same code again, to go on. */
export interface Code {
  local(type: ValueType): Local;
  block(): Label;
  loop(): Label;
  /** A block that is left out where the value on the stack is 0. */
  when(): Code;
  /** Ends the innermost block. */
  end(): Code;
  branch(to: Label): Code;
  /** Branches where the value on the stack is not 0. */
  branchIf(to: Label): Code;
  constant(value: number): Code;
  constantF64(value: number): Code;
  get(local: Local): Code;
  set(local: Local): Code;
  tee(local: Local): Code;
  op(...names: Opcode[]): Code;
  access(name: Access, offset: number): Code;
  /** memory.copy: to, from and count are on the stack. */
  copy(): Code;
}

/** A module that imports the memory `host.memory` and exports one function `run`, which gives an i32. */
export function moduleOf(parameters: readonly ValueType[], write: (code: Code) => void): Uint8Array<ArrayBuffer> {
  const body = growing();
  const locals: ValueType[] = [];
  write(codeInto(body, parameters.length, locals));
  body.push(0x0b);
  const declared = [...unsigned(locals.length), ...locals.flatMap((type) => [1, valueTypes[type]])];
  const size = declared.length + body.length();
  const file = growing();
  file.push(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
  const types = parameters.map((type) => valueTypes[type]);
  section(file, 1, [1, 0x60, ...unsigned(types.length), ...types, 1, valueTypes.i32]);
  section(file, 2, [1, ...text('host'), ...text('memory'), 0x02, 0x00, 0x01]);
  section(file, 3, [1, 0]);
  section(file, 7, [1, ...text('run'), 0x00, 0x00]);
  const head = [1, ...unsigned(size), ...declared];
  file.push(10, ...unsigned(head.length + body.length()), ...head);
  file.append(body.bytes());
  return file.bytes();
}

function codeInto(body: Growing, parameters: number, locals: ValueType[]): Code {
  // The function itself is the outermost block.
  let level = 1;
  const open = (kind: number): Label => {
    body.push(kind, emptyType);
    level += 1;
    return { level: level - 1 };
  };
  const code: Code = {
    local: (type) => parameters + locals.push(type) - 1,
    block: () => open(0x02),
    loop: () => open(0x03),
    when: () => {
      open(0x04);
      return code;
    },
    end: () => {
      level -= 1;
      body.push(0x0b);
      return code;
    },
    branch: (to) => withNumber(0x0c, level - to.level - 1),
    branchIf: (to) => withNumber(0x0d, level - to.level - 1),
    constant: (value) => {
      body.push(0x41, ...signed(value));
      return code;
    },
    constantF64: (value) => {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value);
      body.push(0x44, ...bytes);
      return code;
    },
    get: (local) => withNumber(0x20, local),
    set: (local) => withNumber(0x21, local),
    tee: (local) => withNumber(0x22, local),
    op: (...names) => {
      for (const name of names) body.push(opcodes[name]);
      return code;
    },
    access: (name, offset) => {
      // Alignment 2^0: packets lie anywhere.
      body.push(accesses[name], 0, ...unsigned(offset));
      return code;
    },
    copy: () => {
      body.push(0xfc, 0x0a, 0x00, 0x00);
      return code;
    },
  };
  const withNumber = (opcode: number, value: number): Code => {
    body.push(opcode, ...unsigned(value));
    return code;
  };
  return code;
}

const emptyType = 0x40;

function section(file: Growing, id: number, content: readonly number[]): void {
  file.push(id, ...unsigned(content.length), ...content);
}

function text(word: string): number[] {
  return [word.length, ...Buffer.from(word, 'latin1')];
}
