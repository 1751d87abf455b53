/**
 * One instruction of a classic BPF program (McCanne and Jacobson, 1993; `struct bpf_insn` of libpcap): its code, how many instructions a
 * conditional jump skips when true and when false, and its operand, 32 bits without sign.
 */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** What libpcap makes of an expression for one linktype. */
export type Program = readonly Instruction[];

/** Whether it takes every packet, however that was written: it only returns (BPF_RET | BPF_K) a length. */
export function selectsAll([first, ...others]: Program): boolean {
  return others.length === 0 && first?.code === 0x06 && first.k > 0;
}

/**
 * Reads what `tcpdump -ddd` prints: a line with the number of instructions, then `code jt jf k` a line.
 * @throws Error when the text is not such a program, or not whole
 */
export function readProgram(text: string): Program {
  const [count, ...lines] = text.trimEnd().split('\n');
  const program = lines.map((line) => {
    const [code, jt, jf, k, ...rest] = line.split(' ').map(Number);
    if (code === undefined || jt === undefined || jf === undefined || k === undefined || rest.length > 0)
      throw new Error(`not a BPF instruction: ${line}`);
    return { code, jt, jf, k };
  });
  if (Number(count) !== program.length)
    throw new Error(`${count} BPF instructions were announced, ${program.length} came`);
  if (program.some((instruction) => !Object.values(instruction).every(Number.isSafeInteger)))
    throw new Error('not a BPF program');
  return program;
}
