// Runs one command inside a network of its own: node sandbox/network/main.ts COMMAND [ARGUMENT...]
import { runInside } from './inside.ts';
import { openNetwork } from './network.ts';

const [file, ...args] = process.argv.slice(2);
if (!file) {
  console.error('usage: node sandbox/network/main.ts COMMAND [ARGUMENT...]');
  process.exit(64);
}
const network = await openNetwork();
console.error(network.says);
try {
  process.exitCode = await runInside(network, file, args);
} finally {
  await network.close();
}
