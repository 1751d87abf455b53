import type { Actor } from '../capture/analyst.ts';
import type { ApprovalRequest } from '../capture/approval.ts';
import type { Engine } from '../capture/door.ts';
import type { Answerable } from './views/requests.ts';

/** Requests, each with how somebody may answer it now. */
export function answerable(
  requests: readonly ApprovalRequest[],
  who: Pick<Actor, 'analyst' | 'origin'>,
  engine: Pick<Engine, 'answers'>,
): Answerable[] {
  return requests.map((request) => ({ request, answers: engine.answers(request, who) }));
}
