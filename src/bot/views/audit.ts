import { originInWords } from '../../capture/analyst.ts';
import type { ChainEnd } from '../../capture/evidence.ts';
import { type AuditEntry, type ChainHead, headInWords } from '../../capture/orders.ts';
import { count, counted } from '../../reports/figures.ts';
import { bold, code, escaped, richDate, said, typed } from './text.ts';
import { context, mrkdwn, type Row, rows, type View } from './view.ts';

/** Twelve of 700 characters at most: nobody reads further on a phone, and Slack takes about 13,000. */
export const mostEntries = 12;

/**
 * Entries of the audit log, newest first, for the lead who asked.
 * @param more how many others match
 */
export function auditView(newestFirst: readonly AuditEntry[], more: number): View {
  const title = `Audit log: ${counted(newestFirst.length, 'entry', 'entries')}${more > 0 ? `, and ${count(more)} more` : ''}`;
  const rest = more > 0 ? [context(mrkdwn(`${count(more)} more: \`capture audit\` in a shell on the sensor`))] : [];
  return {
    text: title,
    blocks: [
      rows([bold(`📜 ${title}`)], [said(newestFirst.length === 0 ? 'Nothing matches.' : 'Newest first')]),
      ...newestFirst.slice(0, mostEntries).map((entry) => rows(...entryRows(entry))),
      ...rest,
    ],
  };
}

function entryRows(entry: AuditEntry): Row[] {
  const { seq, at, verb, outcome, capture, words, detail, analyst, actingFor, origin } = entry;
  const who = analyst ?? (origin.door === 'engine' ? 'engine' : 'stranger');
  const whose = actingFor === null ? '' : ` for ${actingFor}`;
  return [
    [bold(`${seq} `), typed(`${verb} ${outcome}${capture === null ? '' : ` ${capture}`}`, 80, { bold: true })],
    [typed(`${who}${whose}`, 80), said(' · '), richDate(at)],
    ...(origin.door === 'engine' ? [] : [[typed(originInWords(origin), 90)]]),
    ...(words === '' ? [] : [[code(words, 200)]]),
    ...(detail === null ? [] : [[typed(detail, 200)]]),
  ];
}

/** What a walk along the audit log's hash chain found. */
export function chainView({ entries, head, broken, unguarded }: ChainEnd, witnessed: ChainHead | null): View {
  const isSound = broken === null && unguarded.length === 0;
  const walked = counted(entries, 'entry', 'entries');
  const title = isSound ? `✅ The audit log holds: ${walked}` : '⚠️ The audit log is not as it was written';
  const fault = broken === null ? null : `Entry ${broken.seq} is broken (${broken.fault}): ${broken.detail}`;
  return {
    text: fault === null ? title : `${title}. ${escaped(fault, 300)}`,
    blocks: [
      rows(
        [bold(title)],
        ...(fault === null ? [] : [[typed(fault, 600)]]),
        ...unguarded.map(
          (name): Row => [typed(`The trigger ${name}, which refuses changes of the log, is gone.`, 200)],
        ),
        ...(isSound
          ? []
          : [[said(`${walked} ${broken === null ? '' : 'before it '}${entries === 1 ? 'holds' : 'hold'}.`)]]),
        ...(entries === 0 ? [] : [[said('Up to the last of them, for --head: '), code(headInWords(head), 100)]]),
      ),
      ...(isSound && witnessed === null
        ? [
            context(
              mrkdwn(
                'That nothing is missing at its end, or was written anew, is seen with `--head` and a daily report.',
              ),
            ),
          ]
        : []),
    ],
  };
}
