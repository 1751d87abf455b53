import type { Button } from '@slack/types';
import { type Analyst, mayRole } from '../../capture/analyst.ts';
import { bold, said } from './text.ts';
import { actions, plain, rows, type View } from './view.ts';

/** The menu's buttons: each stands for the verb that it carries. */
export const menuButtons = { form: 'menu_form', search: 'menu_search', list: 'menu_list', help: 'menu_help' } as const;

/** What somebody can do here, for `/capture` alone. */
export function menuView(analyst: Analyst): View {
  const mayCapture = mayRole.capture(analyst);
  const button = (id: string, verb: string, words: string): Button => ({
    type: 'button',
    action_id: id,
    value: verb,
    text: plain(words, 75),
  });
  return {
    text: `What do you want to do? Type ${mayCapture ? '/capture start, /capture search, ' : ''}/capture list or /capture help`,
    blocks: [
      rows([bold('What do you want to do?')], [said('Or type it: /capture help shows how.')]),
      ...(mayCapture
        ? [
            actions(
              { ...button(menuButtons.form, 'start', 'Start'), style: 'primary' },
              button(menuButtons.search, 'search', 'Search'),
            ),
          ]
        : []),
      actions(button(menuButtons.list, 'list', 'List'), button(menuButtons.help, 'help', 'Help')),
    ],
  };
}
