import type { Message } from '../../sandbox/workspace/messages.ts';
import { messageIn, type Stage } from './stage.ts';

/** A second lead beside grant. */
export function secondLead(stage: { readonly id: string }) {
  return { name: 'lea', role: 'lead', slack: stage.id } as const;
}

/** Waits until a channel shows a request that waits, whose text matches as well. */
export function requestIn(stage: Stage, channel: { readonly id: string }, text: RegExp): Promise<Message> {
  return messageIn(stage, channel, new RegExp(`Waiting for approval · .*${text.source}`));
}

/** Waits until a message has become something else. */
export async function became({ workspace }: Stage, message: Message, text: RegExp): Promise<void> {
  await workspace.until(() => text.test(message.text), { timeoutMs: 20_000, what: `${text} in ${message.text}` });
}

/** Whether a message still has a button. */
export function hasButtons(message: { readonly blocks: readonly object[] }): boolean {
  return JSON.stringify(message.blocks).includes('"button"');
}
