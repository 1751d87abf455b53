import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ApiFailure } from './failure.ts';
import type { CallFault, FaultPlan } from './faults.ts';
import { appMethods } from './methods/app.ts';
import { chatMethods } from './methods/chat.ts';
import { conversationMethods } from './methods/conversations.ts';
import { fileMethods } from './methods/files.ts';
import type { Desk, Method } from './methods/method.ts';
import { peopleMethods } from './methods/people.ts';
import { needOneOf } from './methods/reach.ts';
import { viewMethods } from './methods/views.ts';
import type { PostLimit } from './post-limit.ts';
import { argumentsOf, bytesOf, uploadedBytes } from './request-body.ts';
import type { Tokens } from './tokens.ts';
import { isWire, textIn, type Wire } from './wire.ts';

const methods: Readonly<Record<string, Method>> = {
  ...appMethods,
  ...chatMethods,
  ...conversationMethods,
  ...peopleMethods,
  ...viewMethods,
  ...fileMethods,
};

/** What the HTTP side needs. */
export type WebApi = { desk: Desk; plan: FaultPlan; tokens: Tokens; postLimit: PostLimit };

/** The HTTP side of the workspace: /api/METHOD, the uploads and the response_urls. */
export function webApiServer(api: WebApi): Server {
  return createServer((request, response) => {
    serve(api, request, response).catch((cause: unknown) => {
      // A mistake of ours must look like one to the test that meets it, not like a silent Slack.
      respond(response, 500, { ok: false, error: 'workspace_bug', stack: cause instanceof Error ? cause.stack : '' });
    });
  });
}

async function serve(api: WebApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bytesOf(request);
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, kind, ...rest] = pathname.split('/');
  const name = rest.join('/');
  if (kind === 'api') return serveCall(api, name, request, body, response);
  if (kind === 'response') return serveResponseUrl(api, name, request, body, response);
  const file = kind === 'upload' ? api.desk.state.files.get(rest.at(-1) ?? '') : undefined;
  if (!file) return respond(response, 404, { ok: false, error: 'not_found' });
  file.bytes = await uploadedBytes(request, body);
  response.end(`OK - ${file.bytes.length}`);
}

async function serveCall(
  api: WebApi,
  name: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const { state } = api.desk;
  const { token: inForm, ...args } = argumentsOf(request, body);
  const token = bearer(request) ?? (typeof inForm === 'string' ? inForm : undefined);
  await pause(api.plan.delayOf(name));
  const fault = api.plan.takeCallFault(name) ?? api.postLimit.exceeded(name, args);
  if (fault?.kind === 'silence') return;
  const answer = answerUnder(fault) ?? called(api, name, token, args);
  const call = { method: name, args, at: state.clock.now(), answer };
  state.calls.push(call);
  state.announce({ kind: 'call', call });
  await pause(api.plan.latenessOf(name));
  if (fault?.kind === 'lost_response') return void request.socket.destroy();
  response.setHeader('x-oauth-scopes', [...state.declared.scopes].join(','));
  if (fault?.kind === 'limited') response.setHeader('retry-after', String(fault.retryAfter));
  const told = fault?.kind === 'error_after' ? { ok: false, error: fault.error } : answer;
  respond(response, statusUnder(fault), told);

  async function pause(ms: number): Promise<void> {
    if (ms > 0) await new Promise<void>((resume) => void state.clock.later(ms, resume));
  }
}

/** The answer that a fault gives in place of the method's own; none for one that only loses the answer. */
function answerUnder(fault: CallFault | undefined): Wire | undefined {
  if (fault === undefined || ['lost_response', 'error_after', 'silence'].includes(fault.kind)) return undefined;
  if (fault.kind === 'limited') return { ok: false, error: 'ratelimited' };
  return { ok: false, error: fault.kind === 'error' ? fault.error : 'internal_error' };
}

function statusUnder(fault: CallFault | undefined): number {
  if (fault?.kind === 'limited') return 429;
  return fault?.kind === 'status' ? fault.status : 200;
}

function called({ desk, tokens }: WebApi, name: string, token: string | undefined, args: Wire): Wire {
  try {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (!method) throw new ApiFailure('unknown_method', { req_method: name });
    tokens.check(method.token, token);
    needOneOf(desk.state, method.scopes);
    return { ok: true, ...method.run(desk, args) };
  } catch (failure) {
    if (!(failure instanceof ApiFailure)) throw failure;
    return { ok: false, error: failure.error, ...failure.facts };
  }
}

async function serveResponseUrl(
  { desk, plan }: WebApi,
  id: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const fault = plan.takeCallFault('response_url');
  if (fault?.kind === 'silence') return;
  if (fault?.kind === 'limited') response.setHeader('retry-after', String(fault.retryAfter));
  const instead = answerUnder(fault);
  if (instead !== undefined) return respond(response, statusUnder(fault), instead);
  try {
    const said: unknown = JSON.parse(body.toString());
    if (!isWire(said)) throw new ApiFailure('invalid_payload');
    desk.responseUrls.respond(id, said);
    if (fault?.kind === 'lost_response') return void request.socket.destroy();
    respond(response, 200, { ok: true });
  } catch (failure) {
    if (!(failure instanceof ApiFailure)) throw failure;
    const gone = failure.error === 'expired_url' || failure.error === 'invalid_url';
    respond(response, gone ? 404 : 400, { ok: false, error: failure.error, ...failure.facts });
  }
}

function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer (.+)$/.exec(textIn(request.headers, 'authorization') ?? '')?.[1];
}

function respond(response: ServerResponse, status: number, answer: Wire): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(answer));
}
