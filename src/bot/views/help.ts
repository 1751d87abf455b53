import { clip } from '../../reports/words.ts';
import { bold, code, typed } from './text.ts';
import { type Row, rows, type View } from './view.ts';

/**
 * The grammar's own help, for one person. Its lines wrap as a phone wants: no code block, which would scroll sideways;
 * lines that are commands stand out and can be copied.
 * @param lines the help text, a line each
 */
export function helpView(lines: string): View {
  const told = clip(lines, 6000).split('\n');
  return {
    text: 'How to use capture',
    blocks: [rows([bold('📖 capture')], ...told.map(helpRow))],
  };
}

function helpRow(line: string): Row {
  const words = line.trim();
  if (words === '') return [];
  return /^[/@]?capture\b/.test(words) ? [code(words, 500)] : [typed(words, 500)];
}
