import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Millis } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';

/** Every local user may read it, and nobody beyond this machine. */
const address = '127.0.0.1';
const patience: Millis = 5_000;
const atOnce = 32;

/** What is told, by path. */
export interface Told {
  metrics(): Promise<string>;
  /** Null where nothing is wrong. */
  health(): { readonly why: string | null };
}

/**
 * Tells metrics and health over HTTP on loopback; resolves, once it listens, with what ends it.
 * @throws CaptureError `conflict` when another process has the port, `tool_failed` when it may not be opened
 */
export async function tellOnLoopback(port: number, told: Told, log: Logger): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    // One answer a connection: none is kept open, whoever asks.
    response.setHeader('connection', 'close');
    if (request.method !== 'GET') {
      response.setHeader('allow', 'GET');
      return end(response, 405, 'GET alone is answered here\n');
    }
    answer(request.url ?? '/', told, response).catch((error: unknown) => {
      log.error({ err: error }, 'metrics not told');
      end(response, 500, 'a bug: see the log\n');
    });
  });
  server.requestTimeout = patience;
  server.headersTimeout = patience;
  server.maxConnections = atOnce;
  server.setTimeout(patience);
  server.listen(port, address);
  await once(server, 'listening').catch((cause: unknown) => cannotListen(port, cause));
  return async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
}

async function answer(url: string, told: Told, response: ServerResponse): Promise<void> {
  switch (url.split('?')[0]) {
    case '/metrics': {
      const text = await told.metrics();
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
      return end(response, 200, text);
    }
    case '/health': {
      const health = told.health();
      response.setHeader('content-type', 'application/json');
      return end(
        response,
        health.why === null ? 200 : 503,
        `${JSON.stringify({ ok: health.why === null, ...health })}\n`,
      );
    }
    default:
      return end(response, 404, 'here are /metrics and /health\n');
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.end(text);
}

function cannotListen(port: number, cause: unknown): never {
  const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
  const where = `metrics.port: ${port} on ${address}`;
  throw taken
    ? new CaptureError(
        'conflict',
        `${where} is taken by another process: choose another port, or end that one (ss -ltnp 'sport = :${port}' names it)`,
        { cause },
      )
    : new CaptureError('tool_failed', `${where} cannot be opened: ${cause instanceof Error ? cause.message : cause}`, {
        cause,
      });
}
