import { readFileSync } from 'node:fs';
import type { Output } from './output.ts';

/** Says which capture this is, as package.json has it. */
export function tellVersion(output: Output, json: boolean): void {
  const { name, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
  if (json) output.json({ name, version });
  else output.lines([`${name} ${version}`]);
}
