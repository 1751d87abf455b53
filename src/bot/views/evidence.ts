import { type Capture, may } from '../../capture/capture.ts';
import { type Fetchable, type Fetched, goneInWords, type Verified, type VerifyTally } from '../../capture/evidence.ts';
import { quoteWord } from '../../command/words.ts';
import { counted, size } from '../../reports/figures.ts';
import { findingsInWords } from '../../reports/findings.ts';
import { bold, code, escaped, said, typed } from './text.ts';
import { bulleted, type Row, rows, type View } from './view.ts';

/** A capture has one savefile, and one more for each reboot that it went through; the newest are what is asked for. */
const mostSavefiles = 4;

/** To the person who wants a savefile: where it is, how large, its digest, and a line that fetches it. */
export function getView(id: string, { savefiles, vanished }: Fetched): View {
  const shown = savefiles.slice(-mostSavefiles);
  const gone = vanished.slice(-mostSavefiles).map((held): Row => [said('⚠️ '), typed(goneInWords(held), 500)]);
  return {
    text: `How to fetch ${escaped(id, 40)}: ${escaped(shown.at(-1)?.held.path ?? 'nothing', 500)}`,
    blocks: [...shown.map((one) => rows(...fetchableRows(one))), ...(gone.length === 0 ? [] : [rows(...gone)])],
  };
}

/**
 * How to fetch a capture's savefile, for everybody in its thread: a line without anybody's login, which opens nothing by itself.
 * @param host the sensor's host name
 */
export function fetchRows(capture: Capture, host: string): Row[] {
  if (!may.fetch(capture)) return [];
  return [[bold('Fetch it: '), code(`scp ${quoteWord(`${host}:${capture.path}`)} .`, 700)]];
}

function fetchableRows({ held, host, login, warnings }: Fetchable): Row[] {
  const from = `${login === null ? '' : `${login}@`}${host}:${held.path}`;
  const digest = held.sha256 === null ? said('not made') : code(held.sha256, 80);
  return [
    [bold(`How to fetch ${held.capture}`)],
    [code(`scp ${quoteWord(from)} .`, 1000)],
    [bold('Size: '), said(held.bytes === null ? 'unknown' : `${size(held.bytes)} (${held.bytes} bytes)`)],
    [bold('SHA-256: '), digest],
    ...(held.sha256 === null
      ? []
      : [[bold('Check: '), code(`echo '${held.sha256}  ${held.savefile}' | sha256sum -c`, 500)]]),
    ...warnings.slice(0, 2).map((warning): Row => [said('⚠️ '), typed(warning, 300)]),
  ];
}

/**
 * To the person who had savefiles verified: how many hold, and each that does not.
 * @param wrong those that are not as they should be
 */
export function verifyView(tally: VerifyTally, wrong: readonly Verified[]): View {
  const title = tally.sound ? '✅ Nothing is wrong' : `⚠️ ${counted(wrong.length, 'savefile')} not as it should be`;
  const told = findingsInWords(tally);
  return {
    text: `${title}. ${told}`,
    blocks: [
      rows([bold(title)], [said(told)]),
      ...(wrong.length === 0 ? [] : [bulleted([bold('Not as it should be')], wrong, 25, wrongRow)]),
    ],
  };
}

function wrongRow({ held, finding, sidecar }: Verified): Row {
  const beside = sidecar === null || sidecar.sidecar === 'holds' ? '' : `, sidecar ${sidecar.sidecar}`;
  const now = finding.finding === 'changed' ? `: SHA-256 ${finding.sha256}, ${finding.bytes} bytes` : '';
  const why = finding.finding === 'unreadable' ? `: ${finding.why}` : now;
  return [bold(`${held.capture} ${finding.finding}${beside} `), typed(`${held.savefile}${why}`, 400)];
}
