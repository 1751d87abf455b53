import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import { type Network, openNetwork } from '../../sandbox/network/network.ts';
import { eventually } from './eventually.ts';

const main = new URL('../../sandbox/network/main.ts', import.meta.url).pathname;
/** What waits for a receiver that is held up for a quarter of a second finds room. */
const perSecond = 1_000;
let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'network-test-'));
});
after(() => rm(directory, { recursive: true }));

describe('a network in namespaces', () => {
  let network: Network;
  before(async () => {
    network = await openNetwork({ name: 'test', kind: 'namespace' });
  });
  after(() => network.close());

  test('tcpdump on the tapped interface records exactly the datagrams that were sent, even with a bare host expression', async () => {
    await using tcpdump = await capture(network, 'exact.pcap', `host ${network.hosts.shop}`);
    const sent = await network.traffic.send({
      count: 500,
      to: network.hosts.shop,
      port: 9999,
      payload: 'proof',
      perSecond,
    });
    await eventually(async () => assert.equal((await stat(tcpdump.file)).size, 24 + 16 * sent.count + sent.frameBytes));
    const lines = await linesOf(tcpdump.file);
    assert.equal(sent.received, 500);
    assert.equal(lines.length, 500);
    assert.ok(lines.every((line) => line.includes(`${sent.from}.${sent.fromPort} > ${sent.to}.9999: UDP, length 12`)));
    const { stdout } = await execa('tcpdump', ['-A', '-nr', tcpdump.file]);
    const numbers = [...stdout.matchAll(/proof (\d{6})/g)].map((match) => Number(match[1]));
    assert.deepEqual(
      numbers,
      Array.from({ length: 500 }, (_, n) => n + 1),
    );
  });

  test('datagrams go the other way too, and over IPv6 where the kernel has it', async () => {
    const { client, client6 } = network.hosts;
    for (const to of [client, ...(client6 ? [client6] : [])]) {
      await using tcpdump = await capture(network, 'inbound.pcap', 'udp port 9998');
      const sent = await network.traffic.send({ count: 50, to, port: 9998, payload: 'inbound' });
      await eventually(async () => assert.equal((await stat(tcpdump.file)).size, 24 + 16 * 50 + sent.frameBytes));
      assert.equal(sent.received, 50);
    }
  });

  test('the background is pages, names and a beacon that nobody answers, and it ends', async () => {
    await using tcpdump = await capture(network, 'background.pcap', 'ip');
    await network.traffic.start({ everyMs: 100 });
    await eventually(async () => {
      const lines = (await linesOf(tcpdump.file)).join('\n');
      for (const said of [
        /GET \/basket/,
        /HTTP\/1.1 200 OK/,
        /A\? shop.example/,
        /NXDomain/,
        /203.0.113.66.4444/,
        /unreachable/,
      ]) {
        assert.match(lines, said);
      }
    });
    await network.traffic.stop();
    const { stdout } = await execa('ip', ['netns', 'pids', namespacesOf(network).peer]);
    assert.equal(stdout, '');
  });

  test('an address that is not on the network is refused', async () => {
    const elsewhere = network.traffic.send({ count: 1, to: '192.0.2.99', port: 9, payload: 'x' });
    await assert.rejects(elsewhere, /192\.0\.2\.99 is not a host of this network; it has 198\.51\.100\.10/);
  });
});

test('after close nothing is left, not even a tcpdump that somebody started inside', async () => {
  const network = await openNetwork({ name: 'test', kind: 'namespace' });
  await network.traffic.start();
  const tcpdump = await capture(network, 'left.pcap', 'udp');
  await network.close();
  assert.equal((await tcpdump.ended).exitCode, 0);
  await assertGone(Object.values(namespacesOf(network)));
});

test('an owner killed with SIGKILL leaves nothing: its guard cleans up', async () => {
  const owner = await ownerProcess();
  owner.kill();
  await eventually(() => assertGone(owner.namespaces));
});

test('where the guard is killed too, the next open cleans up', async () => {
  const owner = await ownerProcess();
  process.kill(owner.guard, 'SIGKILL');
  owner.kill();
  await eventually(async () => assert.equal(isRunning(owner.pid), false));
  await (await openNetwork({ name: 'test' })).close();
  await assertGone(owner.namespaces);
  await eventually(async () => assert.equal(isRunning(owner.inside), false));
});

test('a command runs inside with the tapped interface, a loopback of its own, and its exit code', async () => {
  const { exitCode, stdout } = await execa(process.execPath, [main, 'sh', '-c', 'ip -br addr; exit 7'], {
    reject: false,
  });
  assert.equal(exitCode, 7);
  assert.match(stdout, /^tap0@\S+ +UP +198\.51\.100\.10\/32/m);
  assert.match(stdout, /^lo .*127\.0\.0\.1/m);
});

test('where namespaces are not permitted the network is loopback and says so', async () => {
  const bounded = ['--bounding-set=-sys_admin', '--inh-caps=-sys_admin', process.execPath, main, 'true'];
  const { stderr, exitCode } = await execa('setpriv', bounded, { reject: false });
  assert.equal(exitCode, 0);
  assert.match(
    stderr,
    /^Loopback \(network namespaces are not permitted here: .+\): 127\.0\.0\.10 talks to 127\.0\.0\.7/,
  );
});

test('on loopback the traffic and the exact sender work as well', async () => {
  await using network = await openNetwork({ kind: 'loopback' });
  await using tcpdump = await capture(network, 'loopback.pcap', `udp port 9997 and host ${network.hosts.shop}`);
  await network.traffic.start();
  const sent = await network.traffic.send({ count: 100, to: network.hosts.shop, port: 9997, payload: 'proof' });
  await eventually(async () => assert.equal((await stat(tcpdump.file)).size, 24 + 16 * 100 + sent.frameBytes));
  assert.equal(sent.received, 100);
});

async function capture(network: Network, name: string, expression: string) {
  const file = join(directory, name);
  const command = network.command('tcpdump', [
    '-i',
    network.interface,
    '-U',
    '-Z',
    'root',
    '-w',
    file,
    '--',
    expression,
  ]);
  const ended = execa(command.file, command.args, { reject: false });
  await new Promise<void>((resolve, reject) => {
    ended.stderr.on('data', (words) => String(words).includes('listening on') && resolve());
    void ended.then((result) => reject(new Error(result.stderr)));
  });
  const stop = async () => {
    ended.kill('SIGINT');
    await ended;
  };
  return { file, ended, [Symbol.asyncDispose]: stop };
}

async function linesOf(file: string): Promise<string[]> {
  return (await execa('tcpdump', ['-nr', file], { reject: false })).stdout.split('\n').filter(Boolean);
}

/** A process that owns a network, in which a `sleep` runs; and the guard that watches it. */
async function ownerProcess() {
  const owner = execa(process.execPath, [main, 'sleep', '600'], { reject: false });
  const { pid } = owner;
  assert.ok(pid);
  const children = () =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  const childNamed = (word: string) => children().find((child) => commandLine(child).includes(word));
  const found = await eventually(async () => {
    const guard = childNamed('programs/guard.ts');
    const inside = children().find((child) => commandLine(child).startsWith('sleep'));
    assert.ok(guard && inside);
    return { guard, inside };
  });
  const [sensor = '', peer = ''] = commandLine(found.guard).split('\0').slice(-3, -1);
  return { pid, ...found, namespaces: [sensor, peer], kill: () => owner.kill('SIGKILL') };
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}

function isRunning(pid: number): boolean {
  return commandLine(pid) !== '';
}

function namespacesOf(network: Network): { sensor: string; peer: string } {
  assert.ok(network.description.namespaces);
  return network.description.namespaces;
}

async function assertGone(names: string[]): Promise<void> {
  assert.equal(names.length, 2);
  const { stdout } = await execa('ip', ['netns', 'list']);
  for (const name of names) assert.ok(name.startsWith('capture-') && !stdout.includes(name), `${name} is left`);
}
