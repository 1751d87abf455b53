import type { ActionsBlock, Button, InputBlock, KnownBlock, ModalView } from '@slack/types';
import { type DraftVerb, draftLine, draftOptions } from '../../command/draft.ts';
import { type FormState, meantBy } from './form-state.ts';
import { channelInput, choice, choices, formAction, longestInitial, moment, textInput } from './inputs.ts';
import { bold, code, line, said, typed } from './text.ts';
import { actions, context, plain, rows, type View } from './view.ts';

export const formId = 'capture_form';
/** The buttons within a form. */
export const formButtons = { write: `${formAction}write`, more: `${formAction}more` } as const;

/** What of the installation a form lets one choose from. */
export interface Installation {
  readonly interfaces: readonly string[];
  readonly rings: readonly string[];
}

const verbs = {
  start: { says: 'Start a capture', submit: 'Start' },
  search: { says: 'Search the past', submit: 'Search' },
  both: { says: 'Both: start and search', submit: 'Start and search' },
} as const satisfies Record<DraftVerb, { says: string; submit: string }>;

/** Most that Slack keeps for a view. */
const longestMetadata = 3_000;

/**
 * The form for a live capture, a search or both, one above the other as a phone shows it; null where Slack could not hold what was typed.
 * @param trouble what stands above it: why what was sent was not carried out
 */
export function formView(state: FormState, installation: Installation, trouble: View | null = null): ModalView | null {
  const inputs = inputsOf(state, installation);
  const { options } = state.draft;
  const shown = new Set<string>(
    inputs.flatMap(({ block_id, element }) => (hasBeginning(element) ? [block_id ?? ''] : [])),
  );
  const behind = Object.fromEntries(
    Object.entries(options).filter(([name]) => !shown.has(name) && name !== 'expression'),
  );
  const metadata = JSON.stringify({
    ...state.place,
    way: state.way.way,
    more: state.more,
    leftOut: state.leftOut,
    options: behind,
  });
  const tooLong = Object.entries(options).some(([name, value]) => shown.has(name) && value.length > longestInitial);
  if (metadata.length > longestMetadata || (tooLong && trouble === null)) return null;
  const { verb } = state.draft;
  return {
    type: 'modal',
    callback_id: formId,
    title: plain('Capture packets', 24),
    submit: plain(verbs[verb].submit, 24),
    close: plain('Cancel', 24),
    private_metadata: metadata,
    blocks: [
      ...(trouble?.blocks ?? []),
      ...withMeaning(inputs, state),
      ...leftOut(state),
      ...buttons(state),
      ...alsoSaid(verb, behind),
    ],
  };
}

function inputsOf(state: FormState, installation: Installation): InputBlock[] {
  const { verb, options } = state.draft;
  return [
    ...(state.place.channel === null ? [channelInput('channel', { label: 'Channel' })] : []),
    choice(
      'verb',
      Object.entries(verbs).map(([value, { says }]) => [value, says]),
      verb,
      { label: 'What', redraws: true },
    ),
    textInput('description', options.description, { label: 'Why', placeholder: 'traffic to shop' }),
    ...expressionInputs(state),
    ...(verb === 'start' ? [] : [moment('since', options.since, { label: 'From', optional: true })]),
    ...(verb === 'search' ? [moment('until', options.until, { label: 'Up to', optional: true })] : []),
    ...(state.more ? furtherInputs(state, installation) : []),
  ];
}

function expressionInputs({ draft, way, more }: FormState): InputBlock[] {
  switch (way.way) {
    case 'written':
      return [
        textInput('expression', draft.options.expression, {
          label: 'Expression',
          placeholder: 'host 192.0.2.7 and port 53',
          hint: 'As tcpdump takes it: host 192.0.2.7, or port 53 and udp. For all packets: everything',
          multiline: true,
        }),
      ];
    case 'picked':
      return [
        choices(
          'picked',
          way.offers.map(({ primitive, says }) => [primitive, says]),
          way.picked,
          { label: 'Named in the message', redraws: true },
        ),
      ];
    case 'fields': {
      const { address, port, protocol, direction } = way.fields;
      const simple = [
        textInput('address', address, {
          label: 'Address',
          placeholder: '192.0.2.7, or everything',
          optional: true,
          redraws: true,
        }),
        textInput('port', port, { label: 'Port', placeholder: '53', optional: true, redraws: true }),
      ];
      if (!more) return simple;
      return [
        ...simple,
        choice(
          'protocol',
          [
            ['any', 'Any'],
            ['tcp', 'TCP'],
            ['udp', 'UDP'],
            ['icmp', 'ICMP'],
          ],
          protocol,
          { label: 'Protocol', redraws: true },
        ),
        choice(
          'direction',
          [
            ['either', 'Either way'],
            ['from', 'From it'],
            ['to', 'To it'],
          ],
          direction,
          { label: 'Direction', redraws: true },
        ),
      ];
    }
    default:
      return way satisfies never;
  }
}

function furtherInputs({ draft: { verb, options } }: FormState, { interfaces, rings }: Installation): InputBlock[] {
  const named = (names: readonly string[]) => names.map((name) => [name, name] as const);
  const first = ([name]: readonly string[]) => ({ optional: true, placeholder: `${name}, unless you choose` });
  const live = [
    choice('interface', named(interfaces), options.interface, { label: 'Interface', ...first(interfaces) }),
    textInput('for', options.for, { label: 'How long at most', placeholder: '2h', optional: true }),
    textInput('max-size', options['max-size'], { label: 'How large at most', placeholder: '500MB', optional: true }),
    textInput('packets', options.packets, { label: 'How many packets at most', placeholder: '1000', optional: true }),
  ];
  const past = rings.length > 1 ? [choice('ring', named(rings), options.ring, { label: 'Ring', ...first(rings) })] : [];
  return [
    ...(verb === 'search' ? [] : live),
    ...(verb === 'start' ? [] : past),
    textInput('case', options.case, { label: 'Case', placeholder: 'INC-7', optional: true }),
  ];
}

/** What the fields mean, under the last of them. */
function withMeaning(inputs: readonly InputBlock[], state: FormState): KnownBlock[] {
  if (state.way.way === 'written') return [...inputs];
  const last = inputs.findLastIndex(({ block_id }) => ['picked', 'port', 'direction'].includes(block_id ?? ''));
  const meant = meantBy(state);
  const words = 'expression' in meant ? meant.expression : '';
  const shown = rows([bold('Expression '), words === '' ? said('none yet', { italic: true }) : code(words, 1_500)]);
  return [...inputs.slice(0, last + 1), { ...shown, block_id: 'meaning' }, ...inputs.slice(last + 1)];
}

/** What an alert named and no expression can look for is not kept from the eye. */
function leftOut({ leftOut: words }: FormState): KnownBlock[] {
  return words === undefined ? [] : [{ ...context(plain(words, 1_000)), block_id: 'left_out' }];
}

function buttons({ way, more }: FormState): ActionsBlock[] {
  const button = (id: string, words: string): Button => ({ type: 'button', action_id: id, text: plain(words, 75) });
  const offered = [
    ...(way.way === 'written' ? [] : [button(formButtons.write, 'Write it myself')]),
    ...(more ? [] : [button(formButtons.more, 'More options')]),
  ];
  return offered.length === 0 ? [] : [{ ...actions(...offered), block_id: 'buttons' }];
}

/** What was typed and stands in no field is not kept from the eye. */
function alsoSaid(verb: DraftVerb, options: Readonly<Record<string, string>>): KnownBlock[] {
  const taken = draftOptions(verb).filter(({ name }) => options[name] !== undefined);
  if (taken.length === 0) return [];
  const words = draftLine({ verb, options }).slice(verb.length + 1);
  return [{ ...context(plain(`Also: ${line(words, 900)}`)), block_id: 'also' }];
}

/** Whether a field shows what the draft has for it; one that cannot keeps it in the view's metadata. */
function hasBeginning(element: InputBlock['element']): boolean {
  return Object.keys(element).some((key) => key.startsWith('initial_'));
}

/** A modal that says something and asks for nothing. */
export function noticeModal(title: string, { blocks }: View): ModalView {
  return { type: 'modal', title: plain(title, 24), close: plain('Close', 24), blocks };
}

/** While Slack or the sensor needs longer than a trigger, or an acknowledgement, may wait. */
export function waitingModal(words: string): ModalView {
  return noticeModal('Capture packets', { text: words, blocks: [rows([bold('⏳ '), typed(words, 300)])] });
}
