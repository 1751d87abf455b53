import { setTimeout as pause } from 'node:timers/promises';

/** Resolves with what `look` gives once that is not undefined and not false; throws after ten seconds. */
export async function until<Seen>(
  what: string,
  look: () => Seen | undefined | false | Promise<Seen | undefined | false>,
): Promise<Seen> {
  const giveUp = Date.now() + 10_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > giveUp) throw new Error(`waited in vain: ${what}`);
    await pause(10);
  }
}
