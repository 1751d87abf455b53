// `npm run demo`: everything on this machine alone, with a prompt; `npm run demo -- --script` plays a tour without a keyboard.
import { fileURLToPath } from 'node:url';
import { networkAround, runInside } from '../network/inside.ts';
import { openNetwork } from '../network/network.ts';
import { deadDirectories } from './directory.ts';
import { runInsideNetwork } from './inside.ts';
import { endCapturesIn } from './leftovers.ts';

const usage = `usage: npm run demo                  with a prompt, in a terminal
       npm run demo -- --script      plays a tour: needs no keyboard, exits 0 when all went well
       npm run demo -- --loopback    on the loopback interface, where network namespaces would be used`;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const unknown = words.find((word) => word !== '--script' && word !== '--loopback');
  if (unknown !== undefined) return refuse(`demo: ${unknown} means nothing here\n${usage}`);
  const how = words.includes('--script') ? 'tour' : 'prompt';
  if (how === 'prompt' && !(process.stdin.isTTY && process.stdout.isTTY))
    return refuse('demo: this is not a terminal to type in: npm run demo -- --script plays a tour without one');
  const inside = networkAround(process.env);
  return inside === undefined ? outside(words) : runInsideNetwork(inside, how);
}

/** Opens the network and runs this program again inside of it: there the tapped interface is, and nobody else. */
async function outside(words: readonly string[]): Promise<number> {
  const network = await openNetwork(words.includes('--loopback') ? { kind: 'loopback' } : {});
  try {
    return await runInside(network, process.execPath, [fileURLToPath(import.meta.url), ...words]);
  } finally {
    // Where it was killed, on loopback nothing else ends its captures.
    for (const left of await deadDirectories()) endCapturesIn(left);
    await network.close();
  }
}

function refuse(why: string): number {
  console.error(why);
  return 64;
}
