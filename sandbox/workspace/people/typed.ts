import type { State } from '../state.ts';
import type { User } from '../users.ts';

// The endings that Slack's client turns into links; it knows all of them, a few will do here.
const HOST = /(?<![\w@.:/-])((?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|de|uk|gov|edu|info))(?![\w.-]*\w|@)/gi;
const ADDRESS = /(?<![\w<])(https?:\/\/[^\s<>|]+)/gi;
const MAIL = /(?<![\w.:|])([\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,})(?![\w|])/gi;

/** What Slack makes of a message's typed words: `& < >` escaped, @names and #names as mentions, links and hosts linked. */
export function typedInMessage(state: State, text: string): string {
  return linked(mentioned(state, escaped(text), (person) => `<@${person.id}>`));
}

/** What Slack makes of the words after a slash command; links stay as typed unless the manifest says `should_escape`. */
export function typedInCommand(state: State, text: string, escapes: boolean): string {
  const words = mentioned(state, escaped(text), (person) => `<@${person.id}|${person.name}>`);
  return escapes ? linked(words) : words;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function mentioned(state: State, text: string, mention: (person: User) => string): string {
  const people = [...state.users.values()];
  const channels = [...state.channels.values()].filter((each) => each.kind !== 'dm');
  return text
    .replace(/(?<![\w.])@([\w.-]*\w)/g, (whole, name) => {
      const person = people.find((each) => each.name === name || each.profile.display_name === name);
      return person ? mention(person) : whole;
    })
    .replace(/(?<![\w&])#([\w-]+)/g, (whole, name) => {
      const channel = channels.find((each) => each.name === name);
      return channel ? `<#${channel.id}|${channel.name}>` : whole;
    });
}

function linked(text: string): string {
  const links: string[] = [];
  // A link once made is put aside, so that the host within it is not linked again.
  const keep = (link: string) => `\u0000${links.push(link) - 1}\u0000`;
  return text
    .replace(/<[@#!][^>]*>/g, keep)
    .replace(ADDRESS, (whole) => keep(`<${whole}>`))
    .replace(MAIL, (whole) => keep(`<mailto:${whole}|${whole}>`))
    .replace(HOST, (whole) => keep(`<http://${whole}|${whole}>`))
    .replace(/\u0000(\d+)\u0000/g, (_whole, index) => links[Number(index)] ?? '');
}
