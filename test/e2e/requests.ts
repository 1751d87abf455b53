import type { TestContext } from 'node:test';
import type { Message } from '../../sandbox/workspace/messages.ts';
import type { User } from '../../sandbox/workspace/users.ts';
import { messageIn, openStage, type Stage } from './stage.ts';

const lea = 'U024BE7LA';

/** A stage with lea, a second lead beside grant, where the configuration asks for a second person. */
export async function openStageWithLeads(
  t: Pick<TestContext, 'after'>,
  approval: Readonly<Record<string, unknown>> = { interfaces: ['lo'] },
): Promise<Stage & { readonly lea: User }> {
  const stage = await openStage(t, { approval, analysts: [{ name: 'lea', role: 'lead', slack: lea, login: 'lea' }] });
  return { ...stage, lea: stage.workspace.addUser({ name: 'lea', id: lea, realName: 'Lea Lead' }) };
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
