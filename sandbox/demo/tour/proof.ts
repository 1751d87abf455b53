/** The captures of the tour by their ids: each is the next of its sensor, which is new. */
export const ids = { proof: 'c1', names: 'c2', search: 'c3' } as const;

/** A port that only the exact sender uses. */
export const proofPort = 9_999;

/** How many datagrams go out while the bot runs, and while it is dead. */
export const datagrams = { before: 500, whileDead: 250 } as const;
