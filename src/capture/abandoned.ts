import type { ApprovalRequest } from './approval.ts';
import { timeLeft } from './limits.ts';
import { bootId, isAlive } from './process.ts';
import type { Moment } from './requests.ts';
import { observe, type Room } from './room.ts';

/**
 * Ends requests that nobody answered in time, and settles those whose process is gone: what it had started is theirs, and where it had
 * started nothing they wait again. Never a second time: a request is one capture's.
 */
export function tendRequests(room: Room): void {
  for (const { request, owner, expires } of room.requests.open()) {
    const seen = { id: request.id, analyst: request.analyst };
    if (request.state === 'waiting') {
      if (timeLeft(room, expires) > 0) continue;
      noted(room, () => {
        if (!room.requests.expire(request.id, momentOf(room))) return;
        observe(
          room,
          seen,
          'approve',
          `${request.id}, asked by ${request.orderedBy}, expired: nobody answered it in time`,
        );
      });
    } else if (owner !== null && !isCaredFor(room, request, owner)) {
      noted(room, () => settleCutOff(room, request, owner));
    }
  }
}

function settleCutOff(room: Room, request: ApprovalRequest, owner: string): void {
  const { id, answeredBy } = request;
  const seen = { id, analyst: request.analyst };
  const gone = `approved by ${answeredBy}, whose process was gone before it could say`;
  // As it is now: the process may have come to its end since it was looked at.
  const capture = room.registry.byId(room.requests.byId(id)?.capture ?? '');
  if (capture === undefined) {
    if (room.requests.giveBack(id, owner))
      observe(room, seen, 'approve', `${gone}: nothing was started, it waits again`);
  } else if (capture.state === 'failed') {
    const why = capture.why ?? 'no reason known';
    if (room.requests.markFailed(id, why, room.now())) observe(room, seen, 'approve', `${gone}: ${capture.id}: ${why}`);
  } else if (capture.state !== 'starting') {
    if (room.requests.markStarted(id, room.now())) observe(room, seen, 'approve', `${gone}: started as ${capture.id}`);
  }
}

function noted(room: Room, act: () => void): void {
  room.database.transaction(act).immediate();
}

function isCaredFor(room: Room, { id }: ApprovalRequest, owner: string): boolean {
  return owner === room.self ? room.inHand.has(id) : isAlive(owner);
}

/** Now, as it is held against a request's end. */
export function momentOf(room: Room): Moment {
  return { at: room.now(), uptime: room.uptime(), boot: bootId };
}
