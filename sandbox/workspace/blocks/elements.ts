import {
  action,
  anyOption,
  chosenAmongOptions,
  confirmation,
  image,
  optionsOrGroups,
  plain,
  plainOption,
} from './composition.ts';
import { richTextShape } from './rich-text.ts';
import { byType, type Check, flag, listOf, matching, mistake, oneOf, shape, whole, withRule, words } from './shape.ts';

const confirm = { ...action, confirm: confirmation };
const focus = { focus_on_load: flag };
const placeholder = { placeholder: plain(150) };
const chosen = { ...confirm, ...focus, ...placeholder };
const many = { max_selected_items: whole(1, 100) };
const typed = {
  ...action,
  ...focus,
  ...placeholder,
  dispatch_action_config: shape(
    {},
    { trigger_actions_on: listOf(oneOf('on_enter_pressed', 'on_character_entered'), 2) },
  ),
};
const responds = { response_url_enabled: flag };
const id = words(255);
const ids = listOf(id, 100);
const date = matching(/^\d{4}-\d\d-\d\d$/, 'must be a date YYYY-MM-DD');
const time = matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time HH:mm');
const numeric = matching(/^-?\d+(\.\d+)?$/, 'must be a number written as a string');
const conversation = {
  default_to_current_conversation: flag,
  filter: shape(
    {},
    {
      include: listOf(oneOf('im', 'mpim', 'private', 'public'), 4),
      exclude_external_shared_channels: flag,
      exclude_bot_users: flag,
    },
  ),
};

const buttonLook = { style: oneOf('primary', 'danger'), accessibility_label: words(75) };

const shapes = {
  button: shape({ text: plain(75) }, { ...confirm, ...buttonLook, value: words(2000), url: words(3000) }),
  overflow: shape({ options: listOf(plainOption, 5) }, confirm),
  checkboxes: chosenAmongOptions(
    shape({ options: listOf(anyOption, 10) }, { ...confirm, ...focus, initial_options: listOf(anyOption, 10) }),
  ),
  radio_buttons: chosenAmongOptions(
    shape({ options: listOf(anyOption, 10) }, { ...confirm, ...focus, initial_option: anyOption }),
  ),
  static_select: chosenAmongOptions(optionsOrGroups({ ...chosen, initial_option: plainOption })),
  multi_static_select: chosenAmongOptions(
    optionsOrGroups({ ...chosen, ...many, initial_options: listOf(plainOption, 100) }),
  ),
  external_select: shape({}, { ...chosen, initial_option: plainOption, min_query_length: whole(0, 1000) }),
  users_select: shape({}, { ...chosen, initial_user: id }),
  multi_users_select: shape({}, { ...chosen, ...many, initial_users: ids }),
  channels_select: shape({}, { ...chosen, ...responds, initial_channel: id }),
  multi_channels_select: shape({}, { ...chosen, ...many, initial_channels: ids }),
  conversations_select: shape({}, { ...chosen, ...responds, ...conversation, initial_conversation: id }),
  multi_conversations_select: shape({}, { ...chosen, ...many, ...conversation, initial_conversations: ids }),
  datepicker: shape({}, { ...chosen, initial_date: date }),
  timepicker: shape({}, { ...chosen, initial_time: time, timezone: id }),
  datetimepicker: shape({}, { ...confirm, ...focus, initial_date_time: whole(1_000_000_000, 9_999_999_999) }),
  image: image({}),
  plain_text_input: withRule(
    shape(
      {},
      {
        ...typed,
        initial_value: words(3000, 0),
        multiline: flag,
        min_length: whole(0, 3000),
        max_length: whole(1, 3000),
      },
    ),
    ({ initial_value, max_length }, at) =>
      typeof initial_value === 'string' && typeof max_length === 'number' && initial_value.length > max_length
        ? [mistake(`must be less than ${max_length + 1} characters`, `${at}/initial_value`)]
        : [],
  ),
  email_text_input: shape({}, { ...typed, initial_value: words(3000, 0) }),
  url_text_input: shape({}, { ...typed, initial_value: words(3000, 0) }),
  number_input: shape(
    { is_decimal_allowed: flag },
    { ...typed, initial_value: numeric, min_value: numeric, max_value: numeric },
  ),
  rich_text_input: shape({}, { ...typed, initial_value: byType({ rich_text: richTextShape }) }),
  file_input: shape({}, { ...action, filetypes: listOf(words(255), 100), max_files: whole(1, 10) }),
} satisfies Record<string, Check>;

type ElementType = keyof typeof shapes;

const selects = [
  ...(['static_select', 'external_select', 'users_select', 'channels_select', 'conversations_select'] as const),
  ...(['multi_static_select', 'multi_users_select', 'multi_channels_select', 'multi_conversations_select'] as const),
] as const;
const choices = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker', ...selects] as const;

function among(...types: readonly ElementType[]): Check {
  return byType(Object.fromEntries(types.map((type) => [type, shapes[type]])));
}

/** What may stand beside a section's text. */
export const accessory: Check = among('button', 'overflow', 'image', ...choices);

/** What may stand in a row of actions. */
export const actionElement: Check = among('button', 'overflow', 'datetimepicker', 'rich_text_input', ...choices);

/** What may be filled in in an input block. */
export const inputElement: Check = among(
  'plain_text_input',
  'email_text_input',
  'url_text_input',
  'number_input',
  'rich_text_input',
  'file_input',
  'datetimepicker',
  ...choices,
);
