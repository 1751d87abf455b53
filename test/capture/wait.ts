import { setTimeout as pause } from 'node:timers/promises';

/** Resolves with what `look` gives once that is not undefined and not false; throws after ten seconds, or as many milliseconds as given. */
export async function until<Seen>(
  what: string,
  look: () => Seen | undefined | false | Promise<Seen | undefined | false>,
  within = 10_000,
): Promise<Seen> {
  const giveUp = Date.now() + within;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > giveUp) throw new Error(`waited in vain: ${what}`);
    await pause(10);
  }
}
