import { type Program, readProgram } from './bpf.ts';
import { CaptureError } from './errors.ts';
import { headerFor, longestPacket } from './savefile.ts';
import { complaint, expressionArguments } from './tcpdump.ts';
import { type Ran, runTool } from './tool.ts';

/** As long as anybody may wait for an expression. Milliseconds. */
const compilePatience = 60_000;

/**
 * What libpcap makes of an expression for an interface.
 * @throws CaptureError `bad_expression` with libpcap's own words, `tool_failed` when the interface cannot be captured on
 */
export async function compileForInterface(
  expression: string,
  interfaceName: string,
  patience = compilePatience,
): Promise<Program> {
  return readProgram(await compile(expression, { source: ['-i', interfaceName], input: undefined }, patience));
}

/** libpcap's optimiser takes 25 ms for 40 hosts ORed and 52 s for 1,000: what takes longer than this is left as it is. Milliseconds. */
const optimiserPatience = 2_000;

/** Programs compiled last, the newest at the end: the same search goes over many files. */
const compiled = new Map<string, Program>();
const mostCompiled = 16;

/**
 * What libpcap makes of an expression for files of a linktype; little-endian ones, where it is not said.
 * @throws CaptureError `bad_expression` with libpcap's own words
 */
export async function compileProgram(
  expression: string,
  linktype: number,
  patience = compilePatience,
  littleEndian = true,
): Promise<Program> {
  const key = `${linktype} ${littleEndian} ${expression}`;
  const program =
    compiled.get(key) ??
    (await underWayOr(`${patience} ${key}`, async () => {
      return readProgram(await compileInTime(expression, filesOf(linktype, littleEndian), patience));
    }));
  compiled.delete(key);
  compiled.set(key, program);
  const [oldest] = compiled.keys();
  if (compiled.size > mostCompiled && oldest !== undefined) compiled.delete(oldest);
  return program;
}

/** Begins to compile what `compileProgram` will surely be asked for; what is wrong with it is told then. */
export function compileAhead(expression: string, linktype: number): void {
  compileProgram(expression, linktype).catch(() => undefined);
}

/** What is compiled at the moment: whoever wants the same waits for it. */
const underWay = new Map<string, Promise<Program>>();

async function underWayOr(key: string, compileIt: () => Promise<Program>): Promise<Program> {
  const program = underWay.get(key) ?? compileIt();
  underWay.set(key, program);
  try {
    return await program;
  } finally {
    underWay.delete(key);
  }
}

/** Whether libpcap does not compile an expression because no packet of the linktype can match it. */
export function matchesNothing(error: unknown): boolean {
  return error instanceof CaptureError && error.code === 'bad_expression' && /rejects all packets/.test(error.message);
}

async function compileInTime(expression: string, target: Target, patience: number): Promise<string> {
  const optimising = Math.min(patience, optimiserPatience);
  const result = await runCompiler(expression, target, optimising);
  if (!result.timedOut) return accepted(result, expression, target, optimising);
  if (patience <= optimising) throw tooLong(patience);
  const plain = { ...target, source: ['-O', ...target.source] };
  const second = await runCompiler(expression, plain, patience - optimising);
  if (second.timedOut) throw tooLong(patience);
  return accepted(second, expression, plain, patience - optimising);
}

/** What an expression is compiled for. */
interface Target {
  readonly source: string[];
  readonly input: Buffer | undefined;
}

function filesOf(linktype: number, littleEndian: boolean): Target {
  const header = { precision: 'microseconds', snaplen: longestPacket, linktype } as const;
  return { source: ['-r', '-'], input: headerFor(header, littleEndian) };
}

async function compile(expression: string, target: Target, patience: number): Promise<string> {
  const result = await runCompiler(expression, target, patience);
  if (result.timedOut) throw tooLong(patience);
  return accepted(result, expression, target, patience);
}

function tooLong(patience: number): CaptureError {
  return new CaptureError(
    'bad_expression',
    `libpcap needs more than ${patience / 1000} s to compile this expression: shorten it`,
  );
}

/** The program that tcpdump printed; what else it said becomes an error. */
async function accepted(result: Ran, expression: string, target: Target, patience: number): Promise<string> {
  if (!result.failed) return result.stdout;
  const said = complaint(result.stderr);
  if (said === undefined) {
    throw new CaptureError('tool_failed', `tcpdump could not be run: ${result.shortMessage}`, { cause: result });
  }
  if (/permission/i.test(result.stderr)) {
    const grant = 'setcap cap_net_raw+ep "$(command -v tcpdump)"';
    throw new CaptureError('tool_failed', `${said}: run capture as root, or give tcpdump the right with ${grant}`);
  }
  if (/No such device|SIOCGIFHWADDR|is not up/i.test(said)) throw new CaptureError('tool_failed', said);
  const beginning = said.includes('syntax error') ? await acceptedPart(expression, target, patience) : '';
  const place = beginning === '' ? '' : ` after "${beginning}"`;
  throw new CaptureError('bad_expression', `tcpdump does not accept this expression: ${said}${place}`);
}

function runCompiler(expression: string, { source, input }: Target, patience: number): Promise<Ran> {
  return runTool('tcpdump', ['-nn', ...source, '-ddd', ...expressionArguments(expression)], { input, patience });
}

/** The longest beginning that is an expression of its own: libpcap itself does not say where it stumbled. */
async function acceptedPart(expression: string, target: Target, patience: number): Promise<string> {
  const words = expression.split(/\s+/);
  for (let taken = words.length - 1; taken > 0 && taken > words.length - mostTries; taken -= 1) {
    const beginning = words.slice(0, taken).join(' ');
    if (!(await runCompiler(beginning, target, patience)).failed) return beginning;
  }
  return '';
}

/** Each try is a process of some milliseconds. */
const mostTries = 40;
