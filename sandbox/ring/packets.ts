/** An interface on the wire: its MAC and its IPv4 or IPv6 address, as bytes. */
export type Station = { mac: Buffer; ip: Buffer };

/** One direction between two stations, and the 802.1Q tags its frames carry, outermost first (two: QinQ, 802.1ad). */
export type Path = { from: Station; to: Station; vlans?: readonly number[] };

export const tcpFlags = { fin: 0x01, syn: 0x02, psh: 0x08, ack: 0x10 };

const nothing = new Uint8Array(0);

/** A station from `00:00:5e:00:53:01` and `192.0.2.7` or `2001:db8::7`. */
export function station(mac: string, address: string): Station {
  return {
    mac: Buffer.from(mac.replaceAll(':', ''), 'hex'),
    ip: address.includes(':') ? ipv6(address) : ipv4(address),
  };
}

/** The same path the other way round. */
export function back(path: Path): Path {
  return { ...path, from: path.to, to: path.from };
}

/** A UDP datagram in a frame (RFC 768). */
export function udpFrame(path: Path, fromPort: number, toPort: number, payload: Uint8Array): Buffer {
  const { frame, at } = ipFrame(path, 17, 8 + payload.length);
  frame.writeUInt16BE(fromPort, at);
  frame.writeUInt16BE(toPort, at + 2);
  frame.writeUInt16BE(8 + payload.length, at + 4);
  frame.set(payload, at + 8);
  // A computed zero goes out as all ones: zero would mean "no checksum".
  frame.writeUInt16BE(checksum(frame, at, pseudoHeader(path, 17, 8 + payload.length)) || 0xffff, at + 6);
  return frame;
}

export type Segment = { fromPort: number; toPort: number; sequence: number; acknowledged: number; flags: number };

/** A TCP segment in a frame (RFC 9293); a SYN carries an MSS of 1460. */
export function tcpFrame(path: Path, segment: Segment, payload: Uint8Array = nothing): Buffer {
  const header = segment.flags & tcpFlags.syn ? 24 : 20;
  const { frame, at } = ipFrame(path, 6, header + payload.length);
  frame.writeUInt16BE(segment.fromPort, at);
  frame.writeUInt16BE(segment.toPort, at + 2);
  frame.writeUInt32BE(segment.sequence >>> 0, at + 4);
  frame.writeUInt32BE(segment.acknowledged >>> 0, at + 8);
  frame.writeUInt16BE((header << 10) | segment.flags, at + 12);
  frame.writeUInt16BE(64_240, at + 14);
  frame.writeUInt16BE(0, at + 18);
  if (header === 24) frame.writeUInt32BE(0x020405b4, at + 20);
  frame.set(payload, at + header);
  frame.writeUInt16BE(checksum(frame, at, pseudoHeader(path, 6, header + payload.length)), at + 16);
  return frame;
}

/** An ICMP or ICMPv6 echo request or reply with 56 bytes, as ping sends (RFC 792, RFC 4443). */
export function echoFrame(path: Path, kind: 'request' | 'reply', id: number, sequence: number): Buffer {
  const overIPv6 = path.from.ip.length === 16;
  const length = 8 + 56;
  const { frame, at } = ipFrame(path, overIPv6 ? 58 : 1, length);
  frame[at] = overIPv6 ? (kind === 'request' ? 128 : 129) : kind === 'request' ? 8 : 0;
  frame.writeUInt16BE(id, at + 4);
  frame.writeUInt16BE(sequence, at + 6);
  for (let filler = 0; filler < 56; filler += 1) frame[at + 8 + filler] = filler;
  frame.writeUInt16BE(checksum(frame, at, overIPv6 ? pseudoHeader(path, 58, length) : 0), at + 2);
  return frame;
}

/** An ARP request (to everybody) or reply, padded to Ethernet's 60 bytes (RFC 826). */
export function arpFrame(path: Path, kind: 'request' | 'reply'): Buffer {
  const { from, to } = path;
  const asking = kind === 'request';
  const broadcast = { mac: Buffer.alloc(6, 0xff), ip: to.ip };
  const { frame, at } = linkFrame({ ...path, to: asking ? broadcast : to }, 0x0806, 46);
  frame.write('000108000604', at, 'hex');
  frame.writeUInt16BE(asking ? 1 : 2, at + 6);
  frame.set(from.mac, at + 8);
  frame.set(from.ip, at + 14);
  if (!asking) frame.set(to.mac, at + 18);
  frame.set(to.ip, at + 24);
  return frame;
}

function ipFrame(path: Path, protocol: number, length: number): { frame: Buffer; at: number } {
  const { from, to } = path;
  if (from.ip.length === 16) {
    const { frame, at } = linkFrame(path, 0x86dd, 40 + length);
    frame[at] = 0x60;
    frame.writeUInt16BE(length, at + 4);
    frame[at + 6] = protocol;
    frame[at + 7] = 64;
    frame.set(from.ip, at + 8);
    frame.set(to.ip, at + 24);
    return { frame, at: at + 40 };
  }
  const { frame, at } = linkFrame(path, 0x0800, 20 + length);
  frame[at] = 0x45;
  frame.writeUInt16BE(20 + length, at + 2);
  frame[at + 6] = 0x40; // don't fragment: so the identification may stay zero (RFC 6864)
  frame[at + 8] = 64;
  frame[at + 9] = protocol;
  frame.set(from.ip, at + 12);
  frame.set(to.ip, at + 16);
  frame.writeUInt16BE(checksum(frame.subarray(at, at + 20), 0, 0), at + 10);
  return { frame, at: at + 20 };
}

function linkFrame({ from, to, vlans = [] }: Path, etherType: number, length: number): { frame: Buffer; at: number } {
  // From Node's pool, and zeroed only where headers and padding lie: Buffer.alloc() takes fresh memory for every frame.
  const frame = Buffer.allocUnsafe(14 + 4 * vlans.length + length);
  frame.fill(0, 0, Math.min(frame.length, 128));
  frame.set(to.mac, 0);
  frame.set(from.mac, 6);
  let at = 12;
  for (const [depth, vlan] of vlans.entries()) {
    frame.writeUInt16BE(depth < vlans.length - 1 ? 0x88a8 : 0x8100, at);
    frame.writeUInt16BE(vlan, at + 2);
    at += 4;
  }
  frame.writeUInt16BE(etherType, at);
  return { frame, at: at + 2 };
}

/** The sum over addresses, protocol and length that TCP, UDP and ICMPv6 checksums begin with (RFC 9293, RFC 8200). */
function pseudoHeader({ from, to }: Path, protocol: number, length: number): number {
  return sum(from.ip, 0, from.ip.length) + sum(to.ip, 0, to.ip.length) + protocol + length;
}

/** The Internet checksum from `start` to the end of the frame (RFC 1071). */
function checksum(frame: Buffer, start: number, initial: number): number {
  let total = initial + sum(frame, start, frame.length);
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x1_0000);
  return ~total & 0xffff;
}

function sum(bytes: Buffer, start: number, end: number): number {
  let total = 0;
  let at = start;
  for (; at + 1 < end; at += 2) total += bytes.readUInt16BE(at);
  return at < end ? total + bytes.readUInt8(at) * 0x100 : total;
}

function ipv4(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

function ipv6(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::');
  const [left, right] = [head, tail].map((part) => part.split(':').filter(Boolean));
  const missing = 8 - (left?.length ?? 0) - (right?.length ?? 0);
  const groups = [...(left ?? []), ...Array<string>(missing).fill('0'), ...(right ?? [])];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
