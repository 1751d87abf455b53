import type { Desk } from './desk.ts';
import { behindName, type Heard, wordsOf } from './hearing.ts';
import type { Spoken } from './spoken.ts';

/** What people write who do not know yet what can be done here: the menu says it. */
const greeting = /^\W*(?:hi|hello|hey|menu)?\W*$/i;
/** The command's name, which need not be said here. */
const commandsName = /^\s*[/@]?capture\b[,:]?(?!\S)\s*/i;

/** What a person wrote to the bot alone, where its name need not be said. */
export function directlySaid(heard: Heard, bot: string | undefined, desk: Desk): Spoken {
  const { origin, text, thread } = heard;
  const order = (behindName(text, bot) ?? text).replace(commandsName, '');
  // What the bot tells a person of a capture in a direct message is known by the person, not by the channel.
  const places = [origin.channel, origin.user];
  return {
    origin,
    text: thread === null && greeting.test(order) ? '' : order,
    words: wordsOf(heard, bot),
    name: '',
    about: thread === null ? null : (desk.threads.aboutAt(places, thread) ?? null),
    form: null,
  };
}
