import type { IncomingMessage } from 'node:http';
import { isWire, type Wire } from './wire.ts';

/** Arguments that clients send as JSON inside a form. */
const JSON_ARGUMENTS = new Set(['blocks', 'attachments', 'metadata', 'view', 'files']);

/** All bytes of a request. */
export async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The arguments of a Web API call: from the address, a form or a JSON body, with JSON arguments parsed where they parse. */
export function argumentsOf(request: IncomingMessage, body: Buffer): Wire {
  const inAddress = Object.fromEntries(new URL(request.url ?? '/', 'http://127.0.0.1').searchParams);
  const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
  const inBody = isJson ? parsed(body.toString()) : Object.fromEntries(new URLSearchParams(body.toString()));
  const args: Wire = { ...inAddress, ...(isWire(inBody) ? inBody : {}) };
  for (const [name, value] of Object.entries(args)) {
    if (JSON_ARGUMENTS.has(name) && typeof value === 'string') args[name] = parsed(value);
  }
  return args;
}

/** The first part that is a file in a multipart upload, or the whole body of any other. */
export async function uploadedBytes(request: IncomingMessage, body: Buffer): Promise<Uint8Array> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  for (const [, part] of form) if (typeof part !== 'string') return new Uint8Array(await part.arrayBuffer());
  return new Uint8Array();
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // What is no JSON is judged by the method, which then finds words where it wants blocks.
    return json;
  }
}
