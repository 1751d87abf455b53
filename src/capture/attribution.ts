import { type Actor, mayRole, onlyLooks } from './analyst.ts';
import type { Capture } from './capture.ts';
import { CaptureError } from './errors.ts';
import type { JoinNumber } from './joins.ts';
import { holderOf } from './names.ts';
import type { StartOrder } from './orders.ts';
import type { Room } from './room.ts';

/** Whose capture an order makes, who gave the order, and why and where. */
export type Attribution = Pick<Capture, 'analyst' | 'orderedBy' | 'description' | 'case' | 'channel'> & {
  readonly partOf?: JoinNumber | undefined;
};

/**
 * What an order says of the capture that it makes, whatever its kind, when the person may make it.
 * @throws CaptureError `not_allowed` for viewers, and for acting for somebody else without being a lead; `bad_request` for an unknown
 * name; `bad_request` without a description
 */
export function attribution(
  room: Room,
  actor: Actor,
  order: Pick<StartOrder, 'description' | 'case' | 'analyst' | 'partOf'>,
): Attribution {
  const { name } = actor.analyst;
  if (!mayRole.capture(actor.analyst)) throw new CaptureError('not_allowed', onlyLooks(actor.analyst));
  const owner = order.analyst ?? name;
  if (!mayRole.actFor(actor.analyst, owner)) {
    throw new CaptureError(
      'not_allowed',
      `only a lead may act for somebody else: leave out -a ${owner}, or ask a lead`,
    );
  }
  if (owner !== name && !isKnown(room, owner)) {
    const byGroup =
      room.config.slack?.groups == null ? '' : ', nor has anybody been one of that name by a Slack user group';
    throw new CaptureError('bad_request', `there is no analyst ${owner} in the configuration${byGroup}`);
  }
  checkDescription(order.description);
  return {
    analyst: owner,
    orderedBy: name,
    description: order.description,
    case: order.case ?? null,
    partOf: order.partOf,
    channel: actor.origin.door === 'slack' ? actor.origin.channel : null,
  };
}

/** Whether there is, or by a Slack user group was, an analyst of this very name. */
function isKnown({ config, database }: Room, name: string): boolean {
  return config.analysts.some((known) => known.name === name) || holderOf(database, name)?.name === name;
}

const longestDescription = 10_000;

function checkDescription(description: string): void {
  if (description.trim() === '') {
    throw new CaptureError('bad_request', "a description is required: -d 'why this is captured'");
  }
  if (description.length > longestDescription) {
    throw new CaptureError(
      'bad_request',
      `the description has ${description.length} characters; at most ${longestDescription} are taken`,
    );
  }
}
