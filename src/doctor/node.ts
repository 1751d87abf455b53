import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Finding, ok, skipped, warning } from './finding.ts';

const root = new URL('../../', import.meta.url);
const lockFile = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) });

/** Whether this runs on the Node that the lock file pins, as bin/capture does. */
export function checkNode(): Finding[] {
  const pinned = pinnedVersion();
  const running = process.version.slice(1);
  if (pinned === undefined) return [skipped('node', `${running}; package-lock.json does not say which is wanted`)];
  if (running === pinned) return [ok('node', `${running}, as package-lock.json pins it`)];
  return [
    warning(
      'node',
      `${running} runs this, package-lock.json pins ${pinned}`,
      'Install what the lock file names.',
      `npm ci --prefix ${root.pathname}`,
    ),
  ];
}

function pinnedVersion(): string | undefined {
  try {
    const { packages } = lockFile.parse(JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')));
    return packages['node_modules/node']?.version;
  } catch {
    // An installation without its lock file still captures.
    return undefined;
  }
}
