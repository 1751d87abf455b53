import { clip } from '../../reports/words.ts';
import { bold, code, typed } from './text.ts';
import { type Row, rows, type View } from './view.ts';

/**
 * The grammar's own help, for one person, as a phone can wrap it: a code block would scroll sideways. What can be copied, and what
 * a line explains, stands out as code.
 * @param lines the help text, a line each; commands and explained words are indented
 */
export function helpView(lines: string): View {
  const [title = '', ...told] = clip(lines, 6000).split('\n');
  return {
    text: 'How to use capture',
    blocks: [rows([bold('📖 '), typed(title, 200, { bold: true })], ...told.map(helpRow))],
  };
}

function helpRow(line: string): Row {
  if (line.trim() === '') return [];
  if (/^\s+[/@]?capture\b/.test(line)) return [code(line, 500)];
  const explained = /^\s+(?<word>\S.*?)\s{2,}(?<says>\S.*)$/.exec(line)?.groups;
  return explained?.word && explained.says
    ? [code(explained.word, 100), typed(`: ${explained.says}`, 400)]
    : [typed(line, 500)];
}
