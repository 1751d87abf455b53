import type { Actor } from '../analyst.ts';
import type { Capture } from '../capture.ts';
import { compileForInterface } from '../compiler.ts';
import { checkExpression } from '../expression.ts';
import { allowAnother, allowSpace, deadlineIn, grantLimits } from '../limits.ts';
import type { Started, StartOrder } from '../orders.ts';
import { addCapture, attribution, inHand, type Order, type Room } from '../room.ts';
import { settleFailed } from '../settling.ts';
import { expansionPatience, formFor, missesTags } from '../vlan.ts';
import { launch } from './launch.ts';
import { carriesTags, knownInterface, knownSnaplen, warningsFor } from './wanted.ts';

/**
 * Starts a live capture: audit, registry, savefile, process, and back: registry, audit. Resolves when tcpdump listens.
 * @param asked the order's audit entry, settled in the transaction that marks it running
 * @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `conflict`, `no_room`, `tool_failed`
 */
export async function startLive(room: Room, order: StartOrder, actor: Actor, asked: Order): Promise<Started> {
  const attributed = attribution(room, actor, order);
  const expression = checkExpression(order.expression);
  const interfaceName = knownInterface(room, order.interface);
  const snaplen = knownSnaplen(room, order.snaplen);
  const { duration, maxBytes, maxPackets } = grantLimits(room, order, actor);
  const [tags] = await Promise.all([
    missesTags(expression) ? carriesTags(room, interfaceName) : false,
    compileForInterface(expression, interfaceName),
    allowSpace(room),
  ]);
  const form = tags ? await formOn(interfaceName, expression, order.exact ?? false) : null;
  const warnings = [...warningsFor(room, expression, interfaceName), ...(form === null ? [] : [form.warning])];
  const deadline = deadlineIn(room, duration);
  const startedAt = deadline.at - duration;
  // The registry first: no file and no process without an owner, whenever we are killed.
  const wanted = {
    kind: 'live',
    state: 'starting',
    ...attributed,
    expression,
    interface: interfaceName,
    ring: null,
    window: null,
    snaplen,
    startedAt,
    expanded: form?.expanded ?? null,
    hosts: null,
    deadline,
    maxBytes,
    maxPackets,
    keep: order.keep ?? false,
  } as const;
  const capture = await addCapture(room, wanted, () => allowAnother(room, attributed.analyst));
  const started = await inHand(room, capture.id, () => launchOrFail(room, capture, asked));
  await room.leaveSupervisor();
  return { capture: started, warnings };
}

/** @throws CaptureError `no_room`, `tool_failed`, once the capture is marked failed; `conflict` when it was ended meanwhile */
async function launchOrFail(room: Room, capture: Capture, asked: Order): Promise<Capture> {
  const launched = await launch(room, capture, () => asked.settle('done', capture.id, capture.savefile));
  if (launched.runs) return launched.capture;
  const failed = () => asked.settle('failed', capture.id, launched.why);
  if (launched.leftNothing) settleFailed(room, capture, launched.why, failed);
  failed();
  throw launched.error;
}

function formOn(interfaceName: string, expression: string, exact: boolean) {
  return formFor({
    carrier: interfaceName,
    expression,
    exact,
    // The kernel takes the outer one away before the filter sees the packet.
    missed: 'packets with two tags',
    compile: (expanded) => compileForInterface(expanded, interfaceName, expansionPatience),
  });
}
