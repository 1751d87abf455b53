import type { Finding } from '../../doctor/finding.ts';
import { counted } from '../../reports/figures.ts';
import { bold, code, said, typed, typedLines } from './text.ts';
import { context, mrkdwn, plain, type Row, rows, type View } from './view.ts';

/** Nobody mends more than these before asking again. */
const most = 10;

/** What is wrong with the installation and how to mend it, for the lead who asked; what is well is counted. */
export function doctorView(findings: readonly Finding[]): View {
  const of = (verdict: Finding['verdict']) => findings.filter((finding) => finding.verdict === verdict);
  const wrong = [...of('broken'), ...of('warning')];
  const counts = `${of('broken').length} broken, ${counted(of('warning').length, 'warning')}, ${of('ok').length} ok, ${of('skipped').length} skipped`;
  const title =
    of('broken').length > 0
      ? '❌ Something is broken'
      : wrong.length > 0
        ? '⚠️ Nothing is broken'
        : '✅ Nothing is wrong';
  const more = wrong.length - most;
  return {
    text: `${title}: ${counts}`,
    blocks: [
      rows([bold(title)], [said(counts)]),
      ...wrong.slice(0, most).map((finding) => rows(...wrongRows(finding))),
      ...(more > 0 ? [context(plain(`and ${more} more`))] : []),
      context(mrkdwn('All of it, and whether syslog takes messages: `capture doctor` in a shell on the sensor')),
    ],
  };
}

function wrongRows(finding: Finding): Row[] {
  const sign = finding.verdict === 'broken' ? '❌' : '⚠️';
  const mend: Row[] =
    'mend' in finding
      ? [[typed(finding.mend.say, 350)], ...(finding.mend.command === null ? [] : [[code(finding.mend.command, 250)]])]
      : [];
  return [[bold(`${sign} `), typed(finding.check, 60, { bold: true })], [typedLines(finding.found, 350)], ...mend];
}
