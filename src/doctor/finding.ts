/** What one check of an installation came to. */
export type Finding =
  | { readonly check: string; readonly verdict: 'ok' | 'skipped'; readonly found: string }
  | { readonly check: string; readonly verdict: 'warning' | 'broken'; readonly found: string; readonly mend: Mend };

export type Verdict = Finding['verdict'];

/** What to do about it. */
export interface Mend {
  readonly say: string;
  /** A line to copy into a shell; null where no one command mends it. */
  readonly command: string | null;
}

export function ok(check: string, found: string): Finding {
  return { check, verdict: 'ok', found };
}

/** A check that does not apply, or cannot be made here. */
export function skipped(check: string, found: string): Finding {
  return { check, verdict: 'skipped', found };
}

/** Something that works and should be looked at. */
export function warning(check: string, found: string, say: string, command: string | null = null): Finding {
  return { check, verdict: 'warning', found, mend: { say, command } };
}

/** Something that does not work, or by which evidence is lost. */
export function broken(check: string, found: string, say: string, command: string | null = null): Finding {
  return { check, verdict: 'broken', found, mend: { say, command } };
}
