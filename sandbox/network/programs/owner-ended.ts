/** Resolves when stdin ends: the owner closed it, or died, even by SIGKILL. */
export async function ownerEnded(): Promise<void> {
  for await (const _ of process.stdin);
}
