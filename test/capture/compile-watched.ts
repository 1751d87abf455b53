// Lets libpcap compile the expressions of stdin (a JSON array) for Ethernet files and prints, as JSON, what it said of each and every
// name that it asked of DNS. To be run by `compileWatched`, in a mount and network namespace of its own.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { headerFor } from '../../src/capture/savefile.ts';
import type { Compiled } from './resolver.ts';

const asked: string[] = [];
const resolver = createSocket('udp4');
resolver.on('message', (query, from) => {
  asked.push(nameIn(query));
  const answer = Buffer.from(query);
  // An answer, and: no such name.
  answer[2] = (answer[2] ?? 0) | 0x80;
  answer[3] = 3;
  resolver.send(answer, from.port, from.address);
});
resolver.bind(53, '127.0.0.1');
await once(resolver, 'listening');

const expressions = JSON.parse(readFileSync(0, 'utf8')) as string[];
const compiled: Compiled[] = [];
const workers = Array.from({ length: 3 }, async () => {
  for (let expression = expressions.pop(); expression !== undefined; expression = expressions.pop()) {
    compiled.push(await compile(expression));
  }
});
await Promise.all(workers);
resolver.close();
process.stdout.write(JSON.stringify({ compiled, asked }));

async function compile(expression: string): Promise<Compiled> {
  const tcpdump = spawn('tcpdump', ['-nn', '-r', '-', '-d', '--', expression], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  tcpdump.stderr.on('data', (text) => {
    said += text;
  });
  tcpdump.stdin.on('error', () => undefined);
  tcpdump.stdin.end(headerFor({ precision: 'microseconds', snaplen: 262_144, linktype: 1 }));
  const [code] = (await once(tcpdump, 'close')) as [number | null];
  return { expression, code, said };
}

/** The name in a query's question (RFC 1035, 4.1.2). */
function nameIn(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; ; ) {
    const length = query[at] ?? 0;
    if (length === 0) return labels.join('.');
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
}
