import type { Capture } from '../capture/capture.ts';
import type { AuditQuery, StartOrder } from '../capture/orders.ts';
import { exits } from './exits.ts';
import { auditJson, iso, wholeJson } from './json.ts';
import { auditLine, limitsInWords, whoamiLines } from './print.ts';
import { type Session, shown } from './session.ts';
import { withStatus } from './status.ts';

export async function start(order: StartOrder, session: Session): Promise<number> {
  const { asksFirst } = await import('./waiting.ts');
  if (await asksFirst({ verb: 'start', order }, session)) return exits.waits.status;
  const { tellStarted } = await import('./started.ts');
  tellStarted(await session.engine.start(order, session.actor), session);
  return 0;
}

export async function show(selector: string, session: Session): Promise<number> {
  const { engine, actor, output, json } = session;
  const { capture, status } = await withStatus(await engine.show(selector, actor));
  const reports = engine.coverage(capture.id);
  const deletion = engine.deletion(capture.id);
  const deleted = deletion ? { at: iso(deletion.at), why: deletion.why } : null;
  const hosts = capture.hosts && { hosts: { ...capture.hosts, nets: engine.hosts(capture.id) } };
  if (json) output.json({ ...wholeJson(capture, reports), ...hosts, deleted });
  else {
    const { wholeLines } = await import('./whole.ts');
    output.lines(wholeLines(capture, { reports, status, deletion }, shown(session)));
  }
  return 0;
}

/**
 * Stops what the selector names; on a terminal the person is asked before more than one is stopped, and then those alone are.
 * @returns 0, or 130 where they said no
 * @throws CaptureError as `engine.stop`
 */
export async function stop(selector: string | null, details: boolean, session: Session): Promise<number> {
  const { engine, actor, output, json, timezone } = session;
  let which: string | null | readonly string[] = selector;
  if (output.answers && !json) {
    await engine.reconcile();
    const named = engine.stoppable(selector, actor);
    if (named.length > 1) {
      const { listedLines } = await import('./listed.ts');
      for (const line of listedLines(named, { timezone, columns: output.columns, all: false, deleted: new Set() }))
        output.note(line);
      if (!(await output.agrees(`Stop these ${named.length} captures?`))) {
        output.note('Nothing was stopped.');
        return exits.cancelled.status;
      }
      which = named.map(({ id }) => id);
    }
  }
  const stopped = await Promise.all((await engine.stop(which, actor)).map(withStatus));
  if (json) output.json(stopped.map(({ capture }) => wholeJson(capture, engine.coverage(capture.id))));
  else {
    const { stoppedLines } = await import('./whole.ts');
    const blocks = stopped.map(({ capture, status }) => stoppedLines(capture, { status, details }, shown(session)));
    output.lines(blocks.flatMap((block, at) => (at === 0 || !details ? block : ['', ...block])));
  }
  return 0;
}

/** What a capture may take now. */
export function moved(capture: Capture, session: Session): number {
  const { engine, output, json } = session;
  if (json) output.json(wholeJson(capture, engine.coverage(capture.id)));
  else output.lines([`${capture.id} ${limitsInWords(capture, session.timezone).join(', ')}`]);
  return 0;
}

export async function audit(query: AuditQuery, { engine, actor, output, json, deaf }: Session): Promise<number> {
  const documents = [];
  for await (const page of engine.audit(query, actor)) {
    if (json) documents.push(...page.map(auditJson));
    else output.lines(page.map(auditLine));
    if (deaf.aborted) break;
  }
  if (json) output.json(documents);
  return 0;
}

export async function digest(date: string | null, { engine, config, output, json, now }: Session): Promise<number> {
  // Only this verb needs the reports; the others start faster without them.
  const [{ digestOf }, { digestLines }, { dateNamed, dayBounds }, { digestJson }] = await Promise.all([
    import('../reports/digest.ts'),
    import('../reports/lines.ts'),
    import('../reports/day.ts'),
    import('./digestJson.ts'),
  ]);
  const { timezone } = config.reports;
  const day = dateNamed(date, timezone, now());
  const { from, to } = dayBounds(day, timezone);
  const report = digestOf(await engine.day(from, to), { date: day, timezone, sensor: config.sensor, now: now() });
  if (json) output.json(digestJson(report));
  else output.lines(digestLines(report));
  return 0;
}

export function whoami({ actor, origin, config, output, json }: Session): number {
  const { name, role } = actor.analyst;
  if (json) output.json({ analyst: name, role, origin: { ...origin }, sensor: config.sensor });
  else output.lines(whoamiLines(actor.analyst, origin, config.sensor));
  return 0;
}
