import type { Actor } from '../analyst.ts';
import { type Attribution, attribution } from '../attribution.ts';
import { type Program, selectsAll } from '../bpf.ts';
import type { Capture, Millis } from '../capture.ts';
import { compileForInterface } from '../compiler.ts';
import { CaptureError } from '../errors.ts';
import { checkExpression } from '../expression.ts';
import { allowAnother, allowSpace, deadlineIn, grantLimits } from '../limits.ts';
import type { Started, StartOrder } from '../orders.ts';
import { bytesInWords, durationInWords } from '../quantities.ts';
import type { Approval } from '../record.ts';
import { addCapture, type Order, type Room, thenLetGo } from '../room.ts';
import { settleFailed } from '../settling.ts';
import { expansionPatience, formFor, missesTags } from '../vlan.ts';
import { launch } from './launch.ts';
import { carriesTags, knownInterface, knownSnaplen, warningsFor } from './wanted.ts';

/**
 * Starts a live capture: audit, registry, savefile, process, and back: registry, audit. Resolves when tcpdump listens.
 * @param asked the order's audit entry, settled in the transaction that marks it running
 * @param approval by whom it was approved, where somebody had to
 * @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `conflict`, `no_room`, `tool_failed`
 */
export async function startLive(
  room: Room,
  order: StartOrder,
  actor: Actor,
  asked: Order,
  approval?: Approval,
): Promise<Started> {
  const wish = checkOrder(room, order, actor);
  const { attributed, expression, interface: interfaceName, snaplen, duration, maxBytes, maxPackets } = wish;
  const [tags, program] = await Promise.all([
    missesTags(expression) ? carriesTags(room, interfaceName) : false,
    compileForInterface(expression, interfaceName),
    allowSpace(room),
  ]);
  const needed = approval === undefined ? whyApproval(room, wish, program) : null;
  // Doors ask before: here nobody goes around it.
  if (needed !== null)
    throw new CaptureError('not_allowed', `${needed}: it starts once a second person has approved it`);
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
    approval,
  } as const;
  const capture = await addCapture(room, wanted, () => allowAnother(room, attributed.analyst));
  const started = await thenLetGo(room, capture.id, () => launchOrFail(room, capture, asked));
  await room.leaveSupervisor();
  return { capture: started, warnings };
}

/** A live capture as it would be started: what of the order could be judged at once. */
export interface Wish {
  readonly attributed: Attribution;
  readonly expression: string;
  readonly interface: string;
  readonly snaplen: number;
  readonly duration: Millis;
  readonly maxBytes: number;
  readonly maxPackets: number | null;
}

/** @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `tool_failed` */
export function checkOrder(room: Room, order: StartOrder, actor: Actor): Wish {
  return {
    attributed: attribution(room, actor, order),
    expression: checkExpression(order.expression),
    interface: knownInterface(room, order.interface),
    snaplen: knownSnaplen(room, order.snaplen),
    ...grantLimits(room, order, actor),
  };
}

/** Why a capture starts only with the approval of a second person, in words; null where it needs none. */
export function whyApproval({ config }: Room, wish: Wish, program: Program): string | null {
  const { approval } = config;
  if (approval === null) return null;
  const { duration, maxBytes, interface: name } = wish;
  const why = [
    ...(approval.everything && selectsAll(program) ? ['it captures everything (approval.everything)'] : []),
    ...(approval.duration !== null && duration > approval.duration
      ? [
          `it may run for ${durationInWords(duration)}, longer than ${durationInWords(approval.duration)} (approval.duration): --for shortens it`,
        ]
      : []),
    ...(approval.size !== null && maxBytes > approval.size
      ? [
          `it may grow to ${bytesInWords(maxBytes)}, larger than ${bytesInWords(approval.size)} (approval.size): --max-size lowers it`,
        ]
      : []),
    ...(approval.interfaces.includes(name) ? [`it is on ${name} (approval.interfaces)`] : []),
  ];
  return why.length === 0 ? null : why.join('; ');
}

/** @throws CaptureError `no_room`, `tool_failed`, once the capture is marked failed; `conflict` when it was ended meanwhile */
async function launchOrFail(room: Room, capture: Capture, asked: Order): Promise<Capture> {
  const launched = await launch(room, capture, () => asked.settle('done', capture.id, capture.savefile));
  if (launched.runs) return launched.capture;
  const failed = () => asked.settle('failed', capture.id, launched.why);
  if (launched.leftNothing) await settleFailed(room, capture, launched.why, failed);
  await room.patiently(failed);
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
