import type {
  Checkboxes,
  DateTimepicker,
  InputBlock,
  MultiStaticSelect,
  PlainTextInput,
  PlainTextOption,
  StaticSelect,
} from '@slack/types';
import { clip } from '../../reports/words.ts';
import { line } from './text.ts';
import { plain } from './view.ts';

/** The action_ids of a form's inputs and buttons begin so; the block_id is the rest. */
export const formAction = 'form_';
/** The most that Slack lets stand in a text field from the beginning. */
export const longestInitial = 3_000;
const mostCheckboxes = 10;
export const mostOptions = 100;

interface Asked {
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
  /** The form is drawn anew when it changes. */
  readonly redraws?: boolean;
}

/** A line, or several, to be written. */
export function textInput(
  id: string,
  value: string | undefined,
  { placeholder, multiline, ...asked }: Asked & { placeholder?: string; multiline?: boolean },
): InputBlock {
  const element: PlainTextInput = {
    type: 'plain_text_input',
    action_id: `${formAction}${id}`,
    ...(value === undefined || value === '' ? {} : { initial_value: clip(value, longestInitial) }),
    ...(placeholder === undefined ? {} : { placeholder: plain(placeholder, 150) }),
    ...(multiline === true ? { multiline } : {}),
  };
  return input(id, element, asked);
}

/** One of several; `value` is left out where it is none of them. @param placeholder what holds where none is chosen */
export function choice(
  id: string,
  options: readonly (readonly [value: string, says: string])[],
  value: string | undefined,
  { placeholder, ...asked }: Asked & { placeholder?: string },
): InputBlock {
  const offered = options.slice(0, mostOptions).map(([each, says]) => option(each, says));
  const chosen = offered.find((each) => each.value === value);
  const element: StaticSelect = {
    type: 'static_select',
    action_id: `${formAction}${id}`,
    options: offered,
    ...(placeholder === undefined ? {} : { placeholder: plain(placeholder, 150) }),
    ...(chosen === undefined ? {} : { initial_option: chosen }),
  };
  return input(id, element, asked);
}

/** Any of several: boxes to tick where they are few, a list to choose from where they are many. */
export function choices(
  id: string,
  options: readonly (readonly [value: string, says: string])[],
  values: readonly string[],
  asked: Asked,
): InputBlock {
  const offered = options.slice(0, mostOptions).map(([each, says]) => option(each, says));
  const chosen = offered.filter(({ value }) => values.includes(value ?? ''));
  const rest = {
    action_id: `${formAction}${id}`,
    options: offered,
    ...(chosen.length === 0 ? {} : { initial_options: chosen }),
  };
  const element: Checkboxes | MultiStaticSelect =
    offered.length <= mostCheckboxes ? { type: 'checkboxes', ...rest } : { type: 'multi_static_select', ...rest };
  return input(id, element, asked);
}

/** A moment; Slack takes whole seconds from 2001 to 2286. @param at ISO 8601 */
export function moment(id: string, at: string | undefined, asked: Asked): InputBlock {
  const seconds = at === undefined ? Number.NaN : Math.floor(Date.parse(at) / 1_000);
  const element: DateTimepicker = {
    type: 'datetimepicker',
    action_id: `${formAction}${id}`,
    ...(seconds >= 1e9 && seconds < 1e10 ? { initial_date_time: seconds } : {}),
  };
  return input(id, element, asked);
}

/** A channel, at first the one that the person looks at; Slack gives an address to answer there. */
export function channelInput(id: string, asked: Asked): InputBlock {
  return input(
    id,
    {
      type: 'conversations_select',
      action_id: `${formAction}${id}`,
      default_to_current_conversation: true,
      response_url_enabled: true,
      filter: { include: ['public', 'private', 'im'], exclude_external_shared_channels: true },
    },
    asked,
  );
}

function input(id: string, element: InputBlock['element'], { label, hint, optional, redraws }: Asked): InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: plain(label, 200),
    element,
    ...(hint === undefined ? {} : { hint: plain(hint, 200) }),
    ...(optional === true ? { optional } : {}),
    ...(redraws === true ? { dispatch_action: true } : {}),
  };
}

function option(value: string, says: string): PlainTextOption {
  return { text: plain(line(says, 75), 75), value: clip(value, 150) };
}
