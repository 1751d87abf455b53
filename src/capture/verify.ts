import type { FileHandle } from 'node:fs/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import { type Actor, mayRole } from './analyst.ts';
import type { Capture } from './capture.ts';
import { isThere, seal } from './custody.ts';
import { digestOf, openSavefile } from './digest.ts';
import { CaptureError } from './errors.ts';
import type {
  Finding,
  HeldSavefile,
  SidecarFinding,
  Verified,
  VerifyOrder,
  VerifyStep,
  VerifyTally,
} from './evidence.ts';
import type { Custody } from './holdings.ts';
import { type Order, observe, type Room } from './room.ts';
import { examineSidecar } from './sidecar.ts';
import { savefilesOf } from './takeaway.ts';

/**
 * Recomputes the digests of complete savefiles and holds them and their sidecars against the registry, in the order of the captures'
 * numbers. What is wrong with a savefile is a finding, not an error.
 * @param asked the order's audit entry, settled with the tally
 * @throws CaptureError where it is read: `not_allowed` for viewers, `not_found`, `conflict` when the one capture named is still open or
 * its savefile was deleted
 */
export async function* verifySavefiles(
  room: Room,
  order: VerifyOrder,
  { actor, asked, signal }: { readonly actor: Actor; readonly asked: Order; readonly signal: AbortSignal },
): AsyncGenerator<VerifyStep, void, undefined> {
  if (!mayRole.verify(actor.analyst)) {
    throw new CaptureError(
      'not_allowed',
      `${actor.analyst.name} is a viewer here and may look, not verify: ask an analyst`,
    );
  }
  const tally = new Tally();
  for await (const held of heldBy(room, order.selector)) {
    signal.throwIfAborted();
    const verified = yield* verifyOne(room, held, { hash: order.hash, signal });
    if (verified === undefined) continue;
    tally.count(verified);
    const { finding } = verified;
    const looked = { finding: finding.finding, detail: detailOf(verified), file: null };
    await room.patiently(() => room.holdings.note(held, looked));
    yield { step: 'verified', verified };
  }
  if (tally.verified === 0 && order.selector !== null) {
    throw new CaptureError(
      'not_found',
      `no complete savefile matches "${order.selector}": see what there is with "list --all"`,
    );
  }
  const { sum } = tally;
  const whose = order.selector === null ? null : tally.onlyCapture;
  await room.patiently(() => asked.settle('done', whose, tally.inWords()));
  yield { step: 'ended', tally: sum };
}

/** @throws CaptureError `conflict` */
async function* heldBy(room: Room, selector: string | null): AsyncGenerator<HeldSavefile, void, undefined> {
  const named = selector === null ? undefined : room.registry.byId(selector);
  if (named !== undefined) {
    yield* savefilesOf(room, named);
    return;
  }
  for (const page of room.holdings.pages(selector)) {
    yield* page;
    await otherWork();
  }
}

/** Undefined for one that retention deletes meanwhile. */
async function* verifyOne(
  room: Room,
  held: HeldSavefile,
  how: { readonly hash: boolean; readonly signal: AbortSignal },
): AsyncGenerator<VerifyStep, Verified | undefined, undefined> {
  const finding = yield* findingOf(room, held, how);
  if (finding.finding === 'vanished' && isDeletion(room.holdings.custody(held.savefile))) return undefined;
  const capture = asSealed(room, held);
  let sidecar: SidecarFinding | null = null;
  if (capture !== undefined && finding.finding !== 'vanished') {
    if (finding.finding === 'hashed') await sealAnew(room, capture);
    sidecar = await examineSidecar(room.place, capture, room.registry.hosts(capture.id));
    // Told as missing this once: the disk was full when it ended, or somebody took it away.
    if (finding.finding === 'holds' && sidecar.sidecar === 'missing' && (await sealAnew(room, capture)))
      await room.patiently(() =>
        observe(room, capture, 'verify', `${capture.savefile}.json was missing and is made anew`),
      );
  }
  return { held, finding, sidecar };
}

/** Writes the sidecar of a savefile that is what the registry says; false where it cannot be. */
async function sealAnew(room: Room, capture: Capture): Promise<boolean> {
  try {
    await seal(room.place, capture, room.registry.hosts(capture.id));
    return true;
  } catch (error) {
    room.log.error({ capture: capture.id, error }, 'sidecar not written');
    return false;
  }
}

/** The capture as the sidecar of this one of its savefiles tells of it. */
function asSealed(room: Room, { capture: id, savefile }: HeldSavefile): Capture | undefined {
  const capture = room.registry.byId(id);
  const earlier = capture?.earlier.find((one) => one.savefile === savefile);
  return capture && earlier ? { ...capture, ...earlier, state: 'died' } : capture;
}

function isDeletion(custody: Custody | undefined): boolean {
  return custody?.finding === 'deleting' || custody?.finding === 'deleted';
}

async function* findingOf(
  room: Room,
  held: HeldSavefile,
  { hash, signal }: { readonly hash: boolean; readonly signal: AbortSignal },
): AsyncGenerator<VerifyStep, Finding, undefined> {
  if (held.sha256 === null && !hash)
    return (await isThere(held.path)) ? { finding: 'no digest' } : { finding: 'vanished' };
  let file: FileHandle | undefined;
  try {
    file = await openSavefile(held.path);
    for await (const step of digestOf(file, signal)) {
      if (step.step === 'read') yield { ...step, step: 'reading', held };
      else return await compared(room, held, step);
    }
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { finding: 'vanished' };
    return { finding: 'unreadable', why: error instanceof Error ? error.message : String(error) };
  } finally {
    await file?.close();
  }
  throw new Error('a digest without an end');
}

async function compared(
  room: Room,
  held: HeldSavefile,
  { sha256, bytes }: { sha256: string; bytes: number },
): Promise<Finding> {
  if (held.sha256 === null) {
    const detail = `SHA-256 ${sha256} of ${bytes} bytes, made ${new Date(room.now()).toISOString()}, not when the capture ended`;
    const note = room.database.transaction(() => {
      const first = room.holdings.noteDigest(held, sha256, bytes);
      if (first) observe(room, { id: held.capture, analyst: held.analyst }, 'hash', detail);
      return first;
    });
    return (await room.patiently(note)) ? { finding: 'hashed', sha256, bytes } : { finding: 'no digest' };
  }
  return held.sha256 === sha256 ? { finding: 'holds' } : { finding: 'changed', sha256, bytes };
}

function detailOf({ held, finding }: Verified): string | null {
  switch (finding.finding) {
    case 'changed':
      return `SHA-256 ${finding.sha256} of ${finding.bytes} bytes; it was ${held.sha256} of ${held.bytes}`;
    case 'unreadable':
      return finding.why;
    case 'holds':
    case 'hashed':
    case 'vanished':
    case 'no digest':
      return null;
    default:
      return finding satisfies never;
  }
}

/** Counts what was found, and remembers by name what is not as it should be. */
class Tally {
  readonly #findings: Partial<Record<Finding['finding'], number>> = {};
  readonly #wrong: string[] = [];
  readonly #captures = new Set<string>();
  #sidecars = 0;
  verified = 0;

  count({ held, finding, sidecar }: Verified): void {
    this.verified += 1;
    this.#captures.add(held.capture);
    this.#findings[finding.finding] = (this.#findings[finding.finding] ?? 0) + 1;
    const whole = finding.finding === 'holds' || finding.finding === 'hashed';
    if (!whole) this.#wrong.push(`${held.capture} ${finding.finding}`);
    if (sidecar !== null && sidecar.sidecar !== 'holds') {
      this.#sidecars += 1;
      this.#wrong.push(`${held.capture} sidecar ${sidecar.sidecar}`);
    }
  }

  get sum(): VerifyTally {
    return { findings: { ...this.#findings }, sidecars: this.#sidecars, sound: this.#wrong.length === 0 };
  }

  get onlyCapture(): string | null {
    const [only, second] = this.#captures;
    return second === undefined ? (only ?? null) : null;
  }

  /** For the audit log: how many, and the first of those that are not as they should be. */
  inWords(): string {
    const counts = Object.entries(this.#findings).map(([finding, files]) => `${files} ${finding}`);
    const named = this.#wrong.slice(0, mostNamed).join(', ');
    const more = this.#wrong.length > mostNamed ? ` and ${this.#wrong.length - mostNamed} more` : '';
    return `${counts.join(', ') || 'no savefiles'}${this.#wrong.length === 0 ? '' : `: ${named}${more}`}`;
  }
}

const mostNamed = 50;
