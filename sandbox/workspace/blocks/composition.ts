import { isWire, objectsIn } from '../wire.ts';
import { byType, type Check, flag, listOf, mistake, oneOf, shape, withRule, words } from './shape.ts';

const ACTION_ID = words(255);

/** Each element that acts may be named. */
export const action = { action_id: ACTION_ID } satisfies Record<string, Check>;

/** A plain_text object of at most `most` characters. */
export function plain(most: number): Check {
  return byType({ plain_text: shape({ text: words(most) }, { emoji: flag }) });
}

/** A mrkdwn object of at most `most` characters. */
export function mrkdwn(most: number): Check {
  return byType({ mrkdwn: shape({ text: words(most) }, { verbatim: flag }) });
}

/** A plain_text or mrkdwn object of at most `most` characters. */
export function eitherText(most: number): Check {
  return byType({
    plain_text: shape({ text: words(most) }, { emoji: flag }),
    mrkdwn: shape({ text: words(most) }, { verbatim: flag }),
  });
}

/** A confirmation dialog. */
export const confirmation: Check = shape(
  { text: eitherText(300) },
  { title: plain(100), confirm: plain(30), deny: plain(30), style: oneOf('primary', 'danger') },
);

const described = { description: plain(75), url: words(3000) } satisfies Record<string, Check>;

/** An option of a select or overflow menu. */
export const plainOption: Check = shape({ text: plain(75), value: words(150) }, described);

/** An option of radio buttons or checkboxes. */
export const anyOption: Check = shape({ text: eitherText(75), value: words(150) }, { description: eitherText(75) });

/** What is chosen from the beginning must be among what can be chosen, key by key and text by text. */
export function chosenAmongOptions(check: Check): Check {
  return withRule(check, (value, at) => {
    const groups = objectsIn(value, 'option_groups').flatMap((group) => objectsIn(group, 'options'));
    const offered = new Set([...objectsIn(value, 'options'), ...groups].map((each) => JSON.stringify(each)));
    const single = isWire(value.initial_option) ? [value.initial_option] : [];
    return [...single, ...objectsIn(value, 'initial_options')].some((each) => !offered.has(JSON.stringify(each)))
      ? [mistake('initial option(s) must match an option', at)]
      : [];
  });
}

/** `options` or `option_groups`: exactly one of the two. */
export function optionsOrGroups(extra: Record<string, Check>): Check {
  const group = shape({ label: plain(75), options: listOf(plainOption, 100) });
  const check = shape({}, { ...extra, options: listOf(plainOption, 100), option_groups: listOf(group, 100) });
  return withRule(check, (value, at) => {
    if ((value.options === undefined) !== (value.option_groups === undefined)) return [];
    return [mistake('exactly one of options and option_groups is required', at)];
  });
}

/** An image by address or by Slack file: exactly one of the two. */
export function image(extra: Record<string, Check>): Check {
  const check = shape({ alt_text: words(2000) }, { ...extra, image_url: words(3000), slack_file: slackFile });
  return withRule(check, (value, at) => {
    if ((value.image_url === undefined) !== (value.slack_file === undefined)) return [];
    return [mistake('exactly one of image_url and slack_file is required', at)];
  });
}

const slackFile: Check = shape({}, { id: words(255), url: words(3000) });
