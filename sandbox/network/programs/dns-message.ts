const notFound = 3;

/** A query for the A record of a name (RFC 1035, section 4). */
export function dnsQuery(id: number, name: string): Buffer {
  const recursionDesired = 0x0100;
  return Buffer.concat([header(id, recursionDesired, 0), question(name)]);
}

/** The answer to a query for one A record, or NXDOMAIN when there is no address. */
export function dnsAnswer(query: Uint8Array, address: string | undefined): Buffer {
  const asked = Buffer.from(query.subarray(12));
  const id = Buffer.from(query.subarray(0, 2)).readUInt16BE();
  if (address === undefined) return Buffer.concat([header(id, 0x8580 | notFound, 0), asked]);
  const record = Buffer.alloc(16);
  record.writeUInt16BE(0xc00c, 0); // the name: a pointer to the question
  record.writeUInt16BE(1, 2); // type A
  record.writeUInt16BE(1, 4); // class IN
  record.writeUInt32BE(300, 6); // seconds to live
  record.writeUInt16BE(4, 10);
  record.set(address.split('.').map(Number), 12);
  return Buffer.concat([header(id, 0x8580, 1), asked, record]);
}

/** The name that a query asks for. */
export function nameAsked(query: Uint8Array): string {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(Buffer.from(query.subarray(at + 1, at + 1 + length)).toString('latin1'));
    at += 1 + length;
  }
  return labels.join('.');
}

function header(id: number, flags: number, answers: number): Buffer {
  const fields = Buffer.alloc(12);
  fields.writeUInt16BE(id, 0);
  fields.writeUInt16BE(flags, 2);
  fields.writeUInt16BE(1, 4);
  fields.writeUInt16BE(answers, 6);
  return fields;
}

function question(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'));
  return Buffer.concat([...labels, Buffer.from([0, 0, 1, 0, 1])]);
}
