/**
 * The few values that packets and expressions are both made of, so that an expression meets packets: hosts of a sensor's neighbourhood,
 * and what lies at the edge of a mask, a range or a field.
 */
export const pools = {
  ipv4: [
    '10.0.0.1',
    '10.0.0.2',
    '10.1.2.3',
    '192.0.2.1',
    '192.0.2.7',
    '198.51.100.255',
    '224.0.0.5',
    '255.255.255.255',
    '0.0.0.0',
  ],
  ipv6: [
    '2001:db8::1',
    '2001:db8::7',
    '2001:db8:0:1::7',
    'fe80::1',
    'ff02::1',
    '::1',
    '::',
    'fd00:1234:5678:9abc:def0::ff',
  ],
  mac: [
    '02:00:00:00:00:01',
    '02:00:00:00:00:02',
    '00:00:5e:00:01:0a',
    '01:80:c2:00:00:00',
    '33:33:00:00:00:01',
    'ff:ff:ff:ff:ff:ff',
  ],
  port: [0, 22, 53, 80, 443, 1023, 1024, 4789, 6081, 8080, 65_535],
  vlan: [0, 1, 7, 100, 4095],
  label: [0, 3, 16, 100_000, 1_048_575],
  ethertype: [
    0x0800, 0x86dd, 0x0806, 0x8035, 0x8100, 0x88a8, 0x9100, 0x8847, 0x8848, 0x8863, 0x8864, 0x809b, 0x6004, 0x88cc,
  ],
  protocol: [0, 1, 2, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 103, 112, 132, 255],
} as const;

/** The bytes of an IPv4 address as it is written. */
export function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** The bytes of an IPv6 address as it is written. */
export function ipv6Bytes(address: string): Buffer {
  const [before = '', after] = address.split('::');
  const groups = (text: string | undefined): number[] =>
    text === undefined || text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [groups(before), groups(after)];
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

export function macBytes(address: string): Buffer {
  return Buffer.from(address.replaceAll(':', ''), 'hex');
}

export function word16(value: number): Buffer {
  return Buffer.from([(value >> 8) & 0xff, value & 0xff]);
}

export function word32(value: number): Buffer {
  return Buffer.from([(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
}
