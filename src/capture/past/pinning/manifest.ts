import { constants } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lacking, Pin } from '../../pin.ts';
import type { PinFile } from '../../pins.ts';
import { cannotWrite } from '../../unwritable.ts';

/** What lies beside a pin's files and says what they are: a registry that was lost has the pin again from it. */
export interface Manifest {
  readonly version: 1;
  readonly sensor: string;
  readonly pin: Pick<Pin, 'analyst' | 'description' | 'case' | 'ring' | 'pinnedAt' | 'expiresAt'> & {
    readonly window: { readonly since: number; readonly until: number };
    readonly lacking: readonly Lacking[];
  };
  readonly files: readonly PinFile[];
}

const name = 'pin.json';

/**
 * Writes a pin's manifest into its directory, whole or not at all.
 * @throws CaptureError `no_room` when it cannot be written
 */
export async function writeManifest(place: string, manifest: Manifest): Promise<void> {
  const part = join(place, `.${name}.part`);
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
  const file = await open(part, flags, 0o640).catch((cause) => cannotWrite(part, cause));
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`).catch((cause) => cannotWrite(part, cause));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, join(place, name));
}

/**
 * The manifest in a pin's directory; null where there is none.
 * @throws Error when it is not one of ours
 */
export async function readManifest(place: string): Promise<Manifest | null> {
  let text: string;
  try {
    const file = await open(join(place, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      text = await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  // Only a registry that was lost needs it.
  const { z } = await import('zod');
  const time = z.int();
  const schema = z.object({
    version: z.literal(1),
    sensor: z.string(),
    pin: z.object({
      analyst: z.string(),
      description: z.string(),
      case: z.string().nullable(),
      ring: z.string(),
      pinnedAt: time,
      expiresAt: time,
      window: z.object({ since: time, until: time }),
      lacking: z.array(
        z.object({
          file: z.string(),
          pinned: z.enum(['nothing', 'part']),
          from: time.nullable(),
          to: time.nullable(),
          why: z.string(),
        }),
      ),
    }),
    files: z.array(
      z.object({
        position: z.int().nonnegative(),
        name: z.string(),
        inode: z.number(),
        firstAt: time,
        size: z.int().nonnegative(),
        how: z.enum(['link', 'copy']),
        part: z.string().nullable(),
      }),
    ),
  });
  return schema.parse(JSON.parse(text));
}
