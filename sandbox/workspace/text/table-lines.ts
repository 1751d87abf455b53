import { isWire, objectsIn, type Wire } from '../wire.ts';
import type { Names } from './mrkdwn.ts';
import { inlineText } from './rich-lines.ts';

/** The rows of a table, its columns padded to the widest cell. */
export function tableLines(table: Wire, names: Names): string[] {
  const rows = (Array.isArray(table.rows) ? table.rows : []).map((row) =>
    (Array.isArray(row) ? row : []).map((cell) => cellText(cell, names)),
  );
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(0, ...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function cellText(cell: unknown, names: Names): string {
  if (!isWire(cell)) return '';
  if (cell.type !== 'rich_text') return String(cell.text);
  return objectsIn(cell, 'elements')
    .map((part) => inlineText(part, names))
    .join(' ');
}
