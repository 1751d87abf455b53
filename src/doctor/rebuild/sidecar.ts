import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { CaptureId } from '../../capture/capture.ts';
import type { Restored } from '../../capture/restore.ts';

const count = z.number().int().nonnegative();
const time = z.iso.datetime().transform((text) => Date.parse(text));
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .nullable();
const counts = z
  .object({ captured: count.nullable(), receivedByFilter: count.nullable(), droppedByKernel: count.nullable() })
  .nullable();
const facts = z
  .object({
    packets: count,
    fileBytes: count,
    dataBytes: count,
    firstAt: z.number().nullable(),
    lastAt: z.number().nullable(),
    linktype: count.nullable(),
    snaplen: count,
    precision: z.enum(['microseconds', 'nanoseconds']),
    cutAt: count.nullable(),
  })
  .nullable();
const size = count.nullable();
const captureId = z.custom<CaptureId>((id) => typeof id === 'string' && /^c[1-9]\d{0,14}$/.test(id));
const outcome = z.enum([
  'searched',
  'outside window',
  'empty',
  'cut',
  'damaged',
  'pruned',
  'unreadable',
  'other linktype',
  'not searched',
]);

const tally = z.partialRecord(outcome, count);

/** What `seal` writes beside a complete savefile; keys that older releases did not write have what they meant by it. */
const sidecar = z.object({
  sensor: z.string(),
  id: captureId,
  kind: z.enum(['live', 'past']),
  state: z.enum(['stopped', 'finished', 'cancelled', 'died', 'failed']),
  analyst: z.string(),
  orderedBy: z.string(),
  approvedBy: z.string().nullable().default(null),
  description: z.string(),
  expression: z.string(),
  expanded: z.string().nullable().default(null),
  hosts: z
    .object({ entries: count, sha256: z.string(), behindTags: z.boolean(), nets: z.array(z.string()) })
    .nullable()
    .default(null),
  case: z.string().nullable(),
  interface: z.string().nullable(),
  ring: z.string().nullable(),
  window: z.object({ since: z.number().nullable(), until: z.number().nullable() }).nullable(),
  snaplen: count,
  limits: z
    .object({ deadline: z.number().nullable(), bytes: size, packets: size })
    .transform((limits) => ({ ...limits, near: false }))
    .default({ deadline: null, bytes: null, packets: null, near: false }),
  keep: z.boolean().default(false),
  earlier: z
    .array(
      z.object({
        savefile: z.string(),
        endedAt: z.number(),
        why: z.string(),
        bytes: size,
        packets: size,
        counts,
        facts,
        sha256,
      }),
    )
    .default([]),
  savefile: z.string(),
  startedAt: time,
  endedAt: time,
  why: z.string().nullable(),
  bytes: size,
  packets: size,
  counts,
  sha256,
  facts,
  coverage: tally.nullable(),
  coverageByRing: z.record(z.string(), tally).nullable().default(null),
  ringSpans: z
    .array(
      z.object({
        ring: z.string(),
        behindTags: z.boolean(),
        at: z.number(),
        from: z.number().nullable(),
        to: z.number().nullable(),
        writtenAt: z.number().nullable(),
        holes: z.array(z.object({ from: z.number(), to: z.number() })),
        holesOver: z.number(),
      }),
    )
    .default([]),
  joined: z
    .array(z.object({ capture: captureId, savefile: z.string(), sha256: z.string(), bytes: count, packets: count }))
    .nullable()
    .default(null),
});

/** The capture that a sidecar tells of, and the sensor that it was made on; undefined where it is damaged or somebody else's JSON. */
export function readSidecar(path: string): { readonly sensor: string; readonly restored: Restored } | undefined {
  try {
    const { sensor, ...told } = sidecar.parse(JSON.parse(readFileSync(path, 'utf8')));
    return { sensor, restored: { ...told, file: told.savefile, channel: null, tcpdump: null, deadline: null } };
  } catch {
    // The savefile beside it is then taken as one without a sidecar, which is told.
    return undefined;
  }
}
