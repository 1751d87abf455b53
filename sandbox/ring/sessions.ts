import { dnsAnswer, dnsQuery } from '../network/programs/dns-message.ts';
import { arpFrame, back, echoFrame, type Path, type Segment, tcpFlags, tcpFrame, udpFrame } from './packets.ts';
import { between, oneOf, type Random, randomFrom } from './random.ts';

/** A frame and when it passed the tap, in microseconds since 1970. */
export type Passing = { at: number; frame: Buffer };

/** What two stations say to each other, in time order. */
export type Session = Generator<Passing, void, undefined>;

const { syn, ack, psh, fin } = tcpFlags;

/** A page fetched over HTTP: SYN to FIN, the body in up to 20 full segments. */
export function* webSession(random: Random, path: Path, start: number, host: string): Session {
  const request = `GET /basket?visit=${between(random, 1, 9_999)} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: sandbox\r\nAccept: */*\r\n\r\n`;
  const segments = between(random, 1, 21);
  const last = between(random, 200, 1_400);
  const bodyLength = (segments - 1) * 1_460 + last;
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${bodyLength}\r\nConnection: close\r\n\r\n`;
  const body = Array.from({ length: segments }, (_, n) => page.subarray(0, n === segments - 1 ? last : 1_460));
  yield* tcpSession(random, path, start, 80, [{ asks: [Buffer.from(request)], answers: [Buffer.from(head), ...body] }]);
}

/** A few exchanges over port 443: TLS records around noise, which is what an encrypted session looks like from outside. */
export function* tlsSession(random: Random, path: Path, start: number): Session {
  const exchanges = [
    { asks: [tlsRecord(random, 0x16, 512)], answers: [tlsRecord(random, 0x16, 1_440), tlsRecord(random, 0x16, 900)] },
  ];
  for (let left = between(random, 1, 5); left > 0; left -= 1) {
    const answers = Array.from({ length: between(random, 1, 9) }, () =>
      tlsRecord(random, 0x17, between(random, 300, 1_440)),
    );
    exchanges.push({ asks: [tlsRecord(random, 0x17, between(random, 80, 600))], answers });
  }
  yield* tcpSession(random, path, start, 443, exchanges);
}

/** A name asked for and answered. */
export function* dnsSession(random: Random, path: Path, start: number): Session {
  const name = oneOf(random, ['shop.example', 'mail.example', 'update.example', 'www.example']);
  const port = ephemeral(random);
  const query = dnsQuery(between(random, 0, 0x1_0000), name);
  yield { at: start, frame: udpFrame(path, port, 53, query) };
  const answer = dnsAnswer(query, name === 'update.example' ? undefined : '192.0.2.7');
  yield { at: start + between(random, 300, 30_000), frame: udpFrame(back(path), 53, port, answer) };
}

/** Four pings a second apart. */
export function* pingSession(random: Random, path: Path, start: number): Session {
  const id = between(random, 1, 0x1_0000);
  for (let sequence = 1; sequence <= 4; sequence += 1) {
    const at = start + (sequence - 1) * 1_000_000;
    yield { at, frame: echoFrame(path, 'request', id, sequence) };
    yield { at: at + between(random, 200, 20_000), frame: echoFrame(back(path), 'reply', id, sequence) };
  }
}

/** Who has that address? */
export function* arpSession(random: Random, path: Path, start: number): Session {
  yield { at: start, frame: arpFrame(path, 'request') };
  yield { at: start + between(random, 50, 900), frame: arpFrame(back(path), 'reply') };
}

/** One datagram to a host that never answers. */
export function* beaconSession(path: Path, start: number, sequence: number): Session {
  yield { at: start, frame: udpFrame(path, 40_444, 4444, Buffer.from(`alive ${sequence}`)) };
}

type Exchange = { asks: Uint8Array[]; answers: Uint8Array[] };

function* tcpSession(random: Random, path: Path, start: number, port: number, exchanges: Exchange[]): Session {
  const clientPort = ephemeral(random);
  const sequences = { client: between(random, 0, 2 ** 32), server: between(random, 0, 2 ** 32) };
  let at = start;
  const say = (who: 'client' | 'server', flags: number, payload?: Uint8Array): Passing => {
    const mine = who === 'client';
    const segment: Segment = {
      ...(mine ? { fromPort: clientPort, toPort: port } : { fromPort: port, toPort: clientPort }),
      sequence: sequences[who],
      acknowledged: flags & ack ? sequences[mine ? 'server' : 'client'] : 0,
      flags,
    };
    sequences[who] += (payload?.length ?? 0) + (flags & (syn | fin) ? 1 : 0);
    const passing = { at, frame: tcpFrame(mine ? path : back(path), segment, payload) };
    at += between(random, 40, 9_000);
    return passing;
  };
  yield say('client', syn);
  yield say('server', syn | ack);
  yield say('client', ack);
  for (const { asks, answers } of exchanges) {
    for (const payload of asks) yield say('client', psh | ack, payload);
    for (const [n, payload] of answers.entries()) {
      yield say('server', (n === answers.length - 1 ? psh : 0) | ack, payload);
      if (n % 2 === 1) yield say('client', ack);
    }
    at += between(random, 1_000, 700_000);
  }
  yield say('client', fin | ack);
  yield say('server', fin | ack);
  yield say('client', ack);
}

const page = Buffer.from('<li>a thing to buy</li>\n'.repeat(64)).subarray(0, 1_460);
const noise = noiseOf(randomFrom(1));

function noiseOf(random: Random): Buffer {
  return Buffer.from(Uint8Array.from({ length: 1 << 16 }, () => between(random, 0, 256)));
}

function tlsRecord(random: Random, type: number, length: number): Buffer {
  const from = between(random, 0, noise.length - length);
  const record = Buffer.from(noise.subarray(from, from + length));
  record[0] = type;
  record.writeUInt16BE(0x0303, 1);
  record.writeUInt16BE(length - 5, 3);
  return record;
}

function ephemeral(random: Random): number {
  return between(random, 32_768, 61_000);
}
