import { stat } from 'node:fs/promises';
import type { Capture } from '../capture/capture.ts';
import type { AuditQuery, Selection, StartOrder } from '../capture/orders.ts';
import type { Command } from '../command/command.ts';
import { auditJson, captureJson, iso, wholeJson } from './json.ts';
import { auditLine, blockLines, type FileStatus, limitsInWords, listLines, type Shown, whoamiLines } from './print.ts';
import type { Session } from './session.ts';

/** A command that needs the engine. */
export type Order = Exclude<Command, { verb: 'help' | 'doctor' }>;

/**
 * Carries a command out: one call of the engine, then its answer in print.
 * @returns the exit code
 * @throws CaptureError as the engine does
 */
export async function carryOut(order: Order, session: Session): Promise<number> {
  switch (order.verb) {
    case 'start':
      return start(order.order, session);
    case 'search':
      return (await import('./search.ts')).search(order.order, session);
    case 'both':
      return (await import('./search.ts')).both(order.order, session);
    case 'list':
      return list(order.selection, order.details, session);
    case 'show':
      return show(order.id, session);
    case 'stop':
      return stop(order.selector, order.details, session);
    case 'extend':
      return moved(await session.engine.extend(order.id, order.by, session.actor), session);
    case 'keep':
      return moved(await session.engine.keep(order.id, session.actor), session);
    case 'get':
      return (await import('./evidence.ts')).get(order.id, session);
    case 'verify':
      return (await import('./evidence.ts')).verify(order.order, session);
    case 'audit':
      if ('query' in order) return audit(order.query, session);
      return (await import('./evidence.ts')).verifyAudit(order.witnessed, session);
    case 'digest':
      return digest(order.date, session);
    case 'whoami':
      return whoami(session);
    default:
      return order satisfies never;
  }
}

async function start(order: StartOrder, session: Session): Promise<number> {
  const { tellStarted } = await import('./started.ts');
  tellStarted(await session.engine.start(order, session.actor), session);
  return 0;
}

async function list(selection: Selection, details: boolean, session: Session): Promise<number> {
  const { engine, actor, output, json } = session;
  const captures = await engine.list(selection, actor);
  if (json) output.json(captures.map(captureJson));
  else if (details) output.lines(blockLines(await Promise.all(captures.map(withStatus)), shown(session)));
  else output.lines(listLines(captures, shown(session)));
  if (output.terminal && captures.length === 0) output.note(noneListed(selection));
  return 0;
}

function noneListed({ selector, all }: Selection): string {
  const matching = selector === undefined ? '' : ' that matches';
  return all
    ? `There is no capture${matching}.`
    : `No capture is running${matching}; capture list --all shows ended ones.`;
}

async function show(id: string, session: Session): Promise<number> {
  const { engine, actor, output, json } = session;
  const { capture, status } = await withStatus(await engine.show(id, actor));
  const reports = engine.coverage(capture.id);
  const deletion = engine.deletion(capture.id);
  const deleted = deletion ? { at: iso(deletion.at), why: deletion.why } : null;
  if (json) output.json({ ...wholeJson(capture, reports), deleted });
  else {
    const { wholeLines } = await import('./whole.ts');
    output.lines(wholeLines(capture, { reports, status, deletion }, shown(session)));
  }
  return 0;
}

async function stop(selector: string | null, details: boolean, session: Session): Promise<number> {
  const { engine, actor, output, json } = session;
  const stopped = await Promise.all((await engine.stop(selector, actor)).map(withStatus));
  if (json) output.json(stopped.map(({ capture }) => wholeJson(capture, engine.coverage(capture.id))));
  else {
    const { stoppedLines } = await import('./whole.ts');
    const blocks = stopped.map(({ capture, status }) => stoppedLines(capture, { status, details }, shown(session)));
    output.lines(blocks.flatMap((block, at) => (at === 0 || !details ? block : ['', ...block])));
  }
  return 0;
}

/** What a capture may take now. */
function moved(capture: Capture, session: Session): number {
  const { output, json } = session;
  if (json) output.json(captureJson(capture));
  else output.lines([`${capture.id} ${limitsInWords(capture, session.timezone).join(', ')}`]);
  return 0;
}

function audit(query: AuditQuery, { engine, actor, output, json }: Session): number {
  const entries = engine.audit(query, actor);
  if (json) output.json(entries.map(auditJson));
  else output.lines(entries.map(auditLine));
  return 0;
}

async function digest(date: string | null, { engine, config, output, json, now }: Session): Promise<number> {
  // Only this verb needs the reports; the others start faster without them.
  const [{ digestOf }, { digestLines }, { dateIn, dayBounds }, { digestJson }] = await Promise.all([
    import('../reports/digest.ts'),
    import('../reports/lines.ts'),
    import('../reports/day.ts'),
    import('./digestJson.ts'),
  ]);
  const { timezone } = config.reports;
  const day = date ?? dateIn(timezone, now());
  const { from, to } = dayBounds(day, timezone);
  const report = digestOf(engine.day(from, to), { date: day, timezone, sensor: config.sensor, now: now() });
  if (json) output.json(digestJson(report));
  else output.lines(digestLines(report));
  return 0;
}

function whoami({ actor, origin, config, output, json }: Session): number {
  const { name, role } = actor.analyst;
  if (json) output.json({ analyst: name, role, origin: { ...origin }, sensor: config.sensor });
  else output.lines(whoamiLines(actor.analyst, origin, config.sensor));
  return 0;
}

function shown({ timezone, output }: Session): Shown {
  return { timezone, terminal: output.terminal };
}

async function withStatus(capture: Capture): Promise<{ capture: Capture; status: FileStatus }> {
  try {
    const found = await stat(capture.path);
    const status = {
      bytes: found.size,
      modifiedAt: found.mtimeMs,
      accessedAt: found.atimeMs,
      changedAt: found.ctimeMs,
    };
    return { capture, status };
  } catch {
    // Moved or deleted by somebody, or not ours to look at: the registry's facts are still worth printing.
    return { capture, status: null };
  }
}
