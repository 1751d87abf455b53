import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import { partialAddresses } from '../../src/capture/partial.ts';
import { openSensor, type Sensor, searched } from './sensor.ts';

/** Each with the same expression, spelled as libpcap takes it. */
const misleading: readonly (readonly [typed: string, meant: string])[] = [
  ['host 1.2.3', 'net 1.2.3.0/24'],
  ['dst host 10.1', 'dst net 10.1.0.0/16'],
  ['src 10.1', 'src net 10.1.0.0/16'],
  ['src or dst 10.1', 'src or dst net 10.1.0.0/16'],
  ['ip host 10.1', 'ip net 10.1.0.0/16'],
  ['arp host 10.1', 'arp net 10.1.0.0/16'],
  ['not host 10.1', 'not net 10.1.0.0/16'],
  ['!host 10.1', 'not net 10.1.0.0/16'],
  ['host 1.2.3.4 or 10.1', 'host 1.2.3.4 or net 10.1.0.0/16'],
  ['host not 10.1', 'not net 10.1.0.0/16'],
  ['host (1.2.3.4 or 10.1)', 'host 1.2.3.4 or net 10.1.0.0/16'],
  ['host 1.2.3.4 and (port 80) or 10.1', 'host 1.2.3.4 and (port 80) or net 10.1.0.0/16'],
  ['host 1.2.3.4 and (net 10.1) or 10.2', 'host 1.2.3.4 and (net 10.1) or net 10.2.0.0/16'],
  ['net 10.1 and src 10.2', 'net 10.1 and src net 10.2.0.0/16'],
  ['tcp and src 10.1', 'tcp and src net 10.1.0.0/16'],
  ['tcp&&src 10.1', 'tcp and src net 10.1.0.0/16'],
  ['port ssh and dst 10.1', 'port ssh and dst net 10.1.0.0/16'],
  ['tcp[tcpflags] & tcp-syn != 0 and host 10.1', 'tcp[tcpflags] & tcp-syn != 0 and net 10.1.0.0/16'],
  ['less 100 or host 10.1', 'less 100 or net 10.1.0.0/16'],
  ['host fe80::1 or host 10.1', 'host fe80::1 or net 10.1.0.0/16'],
  ['host 10', 'host 0.0.0.10'],
  ['src 10', 'src host 0.0.0.10'],
  ['dst host 10', 'dst host 0.0.0.10'],
];

const honest = [
  'everything',
  '1.2.3.4',
  'host 1.2.3.4',
  'host 1.2.3.4 or 1.2.3.5',
  'net 10',
  'net 10.1',
  'net 10.1 or 10.2',
  'net (10.1 or 10.2)',
  'net not 10.1',
  'dst net not 10.1',
  'src net 10',
  'dst net 10.1',
  'src or dst net 10.1',
  'ip and not net 192.0.2',
  'arp net 10.1',
  'net 10.1.2.0/24',
  '10.1.2.3/24',
  'net 192.0.2.0 mask 255.255.255.0',
  'net 10.1.0.0 mask 255.255',
  'port 80',
  'port 80 or 443',
  'port 80 and (tcp or udp)',
  'portrange 10-20',
  'portrange 6000-6063 and host 1.2.3.4',
  'src port 10 and dst port 11',
  'ip proto 6',
  'ip6 host 2001:db8::7',
  'host fe80::1 or ::1',
  'net 2001:db8::/32',
  'ether host 00:00:5e:00:53:01',
  'ether host 0000.5e00.5301',
  'ether src 00-00-5e-00-53-01',
  'decnet src 10.15',
  'gateway 1.2.3.4',
  'ip[2:2] > 100',
  'host 1.2.3.4 and ip[2:2] > 100',
  'host 1.2.3.4 and 100 < ip[2:2]',
  'host 1.2.3.4 and ip[8] * 2 + 1 != 13',
  'ip[9] / 2 > 1',
  'tcp[13] & 2 != 0',
  'less 100',
  'greater 1000',
  'len - 14 > 100',
  'vlan 10 and host 1.2.3.4',
];

async function compiled(expression: string): Promise<string> {
  const { stdout, stderr, failed } = await execa('tcpdump', ['-nn', '-i', 'lo', '-ddd', '--', expression], {
    reject: false,
    stdin: 'ignore',
  });
  assert.ok(!failed, `${expression}: ${stderr}`);
  return stdout;
}

describe('an address that is not whole', () => {
  for (const [typed, meant] of misleading) {
    test(`is told of in "${typed}", which libpcap takes for "${meant}"`, async () => {
      assert.equal(await compiled(typed), await compiled(meant));
      const [sentence, ...more] = partialAddresses(typed);
      assert.deepEqual(more, []);
      const [, net] = /(\d+\.\d+\.0\.0\/16|1\.2\.3\.0\/24|0\.0\.0\.10)$/.exec(meant) ?? [];
      assert.ok(net !== undefined && sentence?.includes(` ${net}: write `), `${sentence}`);
    });
  }

  test('is not seen where there is none', () => {
    for (const expression of honest) assert.deepEqual(partialAddresses(expression), [], expression);
  });

  test('is told of once, and each of several', () => {
    assert.equal(partialAddresses('src 10.1 or dst 10.1').length, 1);
    assert.equal(partialAddresses('src 10.1 or dst 10.2.3').length, 2);
  });
});

describe('before it starts, a capture', () => {
  let sensor: Sensor;
  before(() => {
    sensor = openSensor();
  });
  after(() => sensor.close());

  const warned = async (expression: string) => {
    const { warnings } = await sensor.engine.start({ description: 'warned', expression }, sensor.grant);
    return warnings;
  };

  test('is warned of for everything, for a partial address, and for one that runs already', async () => {
    assert.deepEqual(await warned('udp port 47115'), []);
    assert.deepEqual(await warned('everything'), ['this captures everything that the interface sees']);
    const partial = '10.1 as a host is the whole net 10.1.0.0/16: write all four numbers for one host';
    assert.deepEqual(await warned('host 10.1 and udp port 47115'), [partial]);
    const same = 'c1 of grant captures the same expression on lo already: you may want to follow it instead';
    assert.deepEqual(await warned('udp port 47115'), [same]);
  });

  test('is not warned of one that has ended', async () => {
    await sensor.engine.stop(null, sensor.grant);
    assert.deepEqual(await warned('udp port 47115'), []);
  });

  test('of the past is warned of for a partial address, too', async () => {
    const [planned] = await searched(sensor, { expression: 'host 10.1' });
    assert.ok(planned?.step === 'planned');
    assert.match(planned.warnings.join(), /^10\.1 as a host is the whole net 10\.1\.0\.0\/16/);
  });
});
