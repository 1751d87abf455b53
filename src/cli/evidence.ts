import {
  type ChainEnd,
  type Fetchable,
  goneInWords,
  type Verified,
  type VerifyOrder,
  type VerifyTally,
} from '../capture/evidence.ts';
import { type ChainHead, headInWords } from '../capture/orders.ts';
import { counted } from '../capture/quantities.ts';
import { quoteWord } from '../command/words.ts';
import { percentOf, size } from '../reports/figures.ts';
import { findingsInWords } from '../reports/findings.ts';
import { oneLine } from '../reports/words.ts';
import { exits } from './exits.ts';
import { interruptible } from './interrupt.ts';
import type { Json } from './json.ts';
import { labelled } from './labels.ts';
import type { Session } from './session.ts';

/** A terminal shows no more changes a second than a person can read. */
const rewriteEvery = 100;

/**
 * Verifies savefiles and says of each what it was found to be.
 * @returns 0 when all hold, 1 when one does not, 130 when it was interrupted
 * @throws CaptureError as `engine.verify`
 */
export async function verify(order: VerifyOrder, session: Session): Promise<number> {
  const { engine, actor, output, json, deaf, now } = session;
  const interrupt = interruptible(deaf);
  const found: Verified[] = [];
  let tally: VerifyTally = { findings: {}, sidecars: 0, sound: true };
  let shown = now();
  try {
    for await (const step of engine.verify(order, actor, interrupt.signal)) {
      switch (step.step) {
        case 'reading':
          if (json || now() - shown < rewriteEvery) break;
          shown = now();
          output.rewrite(
            `Reading ${step.held.capture}: ${percentOf(step.bytesDone, step.bytesTotal)}% of ${size(step.bytesTotal)}`,
          );
          break;
        case 'verified':
          if (json) found.push(step.verified);
          else {
            output.clear();
            output.lines(verifiedLines(step.verified));
          }
          break;
        case 'ended':
          tally = step.tally;
          break;
        default:
          step satisfies never;
      }
    }
  } catch (error) {
    if (interrupt.signal.aborted) return exits.cancelled.status;
    throw error;
  } finally {
    interrupt.stop();
  }
  if (json) output.json({ savefiles: found.map(verifiedJson), ...tally, findings: { ...tally.findings } });
  else output.lines([tallyLine(tally)]);
  return tally.sound ? 0 : exits.unsound.status;
}

/** What was found of a savefile, and a second line where its sidecar does not hold. */
export function verifiedLines({ held, finding, sidecar }: Verified): string[] {
  const line = `${held.capture} ${finding.finding} ${held.savefile}`;
  const lines = [];
  switch (finding.finding) {
    case 'holds':
    case 'vanished':
      lines.push(line);
      break;
    case 'hashed':
      lines.push(`${line}: SHA-256 ${finding.sha256}, ${finding.bytes} bytes`);
      break;
    case 'changed':
      lines.push(
        `${line}: SHA-256 ${finding.sha256}, ${finding.bytes} bytes; it was ${held.sha256}, ${held.bytes ?? 'unknown'} bytes`,
      );
      break;
    case 'unreadable':
      lines.push(`${line}: ${finding.why}`);
      break;
    case 'no digest':
      lines.push(`${line}: capture -m makes one`);
      break;
    default:
      finding satisfies never;
  }
  if (sidecar !== null && sidecar.sidecar !== 'holds') {
    const why = sidecar.sidecar === 'differs' ? `: ${sidecar.keys.join(', ')}` : '';
    const said = sidecar.sidecar === 'unreadable' ? `: ${sidecar.why}` : why;
    lines.push(`${held.capture} sidecar ${sidecar.sidecar} ${held.savefile}.json${said}`);
  }
  return lines.map(oneLine);
}

/** How many savefiles met each finding. */
export function tallyLine(tally: VerifyTally): string {
  const beside = tally.sidecars === 0 ? [] : [`${counted(tally.sidecars, 'sidecar does', 'sidecars do')} not hold`];
  return [findingsInWords(tally), ...beside].join('; ').replaceAll('\u202f', '');
}

function verifiedJson({ held, finding, sidecar }: Verified): Json {
  const { capture, savefile, path, bytes, sha256 } = held;
  const beside = sidecar && ('keys' in sidecar ? { ...sidecar, keys: [...sidecar.keys] } : { ...sidecar });
  return { id: capture, savefile, path, recorded: { sha256, bytes }, found: { ...finding }, sidecar: beside };
}

/**
 * Says how to fetch a capture's savefiles.
 * @returns 0, and 66 when one of them is not there any more
 * @throws CaptureError as `engine.get`
 */
export async function get(id: string, { engine, actor, output, json }: Session): Promise<number> {
  const { savefiles, vanished } = await engine.get(id, actor);
  if (json) output.json(savefiles.map(fetchableJson));
  else output.lines(savefiles.flatMap((one, at) => (at === 0 ? fetchLines(one) : ['', ...fetchLines(one)])));
  const warnings = [...savefiles.flatMap((one) => one.warnings), ...vanished.map(goneInWords)];
  for (const warning of warnings) output.note(`Warning: ${oneLine(warning)}`);
  return vanished.length === 0 ? 0 : exits.not_found.status;
}

/** The savefile, and two lines to copy: one that fetches it, one that checks what arrived. */
export function fetchLines({ held, host, login, sidecar }: Fetchable): string[] {
  const from = (path: string) => quoteWord(`${login === null ? '' : `${login}@`}${host}:${path}`);
  return [
    ...labelled([
      ['Savefile', held.path],
      ['Size (bytes)', String(held.bytes ?? 'unknown')],
      ['SHA-256', held.sha256 ?? 'not made'],
    ]),
    '',
    ['scp', from(held.path), ...(sidecar === null ? [] : [from(sidecar)]), '.'].join(' '),
    ...(held.sha256 === null ? [] : [`echo '${held.sha256}  ${held.savefile}' | sha256sum -c`]),
  ];
}

function fetchableJson({ held, host, login, sidecar, warnings }: Fetchable): Json {
  const { capture, savefile, path, bytes, sha256 } = held;
  return { id: capture, host, login, path, savefile, bytes, sha256, sidecar, warnings };
}

/**
 * Walks the audit log's hash chain.
 * @returns 0 when every entry holds, 1 when one does not or the log is no longer guarded, 130 when it was interrupted
 * @throws CaptureError as `engine.verifyAudit`
 */
export async function verifyAudit(witnessed: ChainHead | null, session: Session): Promise<number> {
  const { engine, actor, output, json, deaf, now } = session;
  const interrupt = interruptible(deaf);
  let shown = now();
  try {
    for await (const step of engine.verifyAudit(witnessed, actor, interrupt.signal)) {
      if (step.step === 'reached') {
        if (json || now() - shown < rewriteEvery) continue;
        shown = now();
        output.rewrite(`Entry ${step.entries} of ${step.last}`);
        continue;
      }
      output.clear();
      const sound = step.broken === null && step.unguarded.length === 0;
      if (json) output.json({ sound, ...chainJson(step) });
      else output.lines(chainLines(step));
      if (sound && witnessed === null && output.terminal && !json)
        output.note('That nothing is missing at its end, or was written anew, is seen with --head and a daily report.');
      return sound ? 0 : exits.unsound.status;
    }
  } catch (error) {
    if (interrupt.signal.aborted) return exits.cancelled.status;
    throw error;
  } finally {
    interrupt.stop();
  }
  throw new Error('a chain without an end');
}

/** What became of the walk: how far the log holds, and the first entry that does not. */
export function chainLines({ entries, head, broken, unguarded }: ChainEnd): string[] {
  const walked = counted(entries, 'entry', 'entries');
  const holds = `${walked} ${broken === null ? '' : 'before it '}${entries === 1 ? 'holds' : 'hold'}`;
  const heads = entries === 0 ? [] : [`${holds}; up to the last of them, for --head`, `  ${headInWords(head)}`];
  return [
    ...(broken === null ? [] : [oneLine(`Entry ${broken.seq} is broken (${broken.fault}): ${broken.detail}`)]),
    ...heads,
    ...unguarded.map((name) => `The trigger ${name}, which refuses changes of the log, is gone.`),
  ];
}

function chainJson({ entries, head, broken, unguarded }: ChainEnd): { readonly [key: string]: Json } {
  return { entries, head: { ...head }, broken: broken && { ...broken }, unguarded: [...unguarded] };
}
