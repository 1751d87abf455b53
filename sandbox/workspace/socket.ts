import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { FaultPlan } from './faults.ts';
import type { SentEnvelope, State } from './state.ts';
import { isWire, objectIn, textIn, type Wire } from './wire.ts';

const ACK_WITHIN_MS = 3_000;
const PING_EVERY_MS = 10_000;

/** What came of an envelope: the payload of its ack, no ack within 3 seconds, or nobody there to take it. */
export type Delivery = { outcome: 'acked'; payload: Wire } | { outcome: 'no_ack' } | { outcome: 'no_connection' };

/** Why Slack ends a connection; `abrupt` is the network's doing, with no frame at all. */
export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets' | 'abrupt';

/** Socket Mode's side of the workspace (SLACK.md section 7). */
export type SocketSide = {
  newTicket(): string;
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  deliver(type: string, payload: Wire, acceptsResponse: boolean, retry?: SentEnvelope): Promise<Delivery>;
  connections(): number;
  disconnect(reason: DisconnectReason, count?: number): void;
  /** The oldest connections go silent: no pong, no envelope arrives, no ack is heard, and nobody says goodbye. */
  freeze(count?: number): void;
  close(): Promise<void>;
};

/** Socket Mode: single-use tickets, a hello, envelopes to one connection in turn, acks, and disconnect frames. */
export function socketSide(state: State, plan: FaultPlan): SocketSide {
  const server = new WebSocketServer({ noServer: true, autoPong: false });
  const frozen = new WeakSet<WebSocket>();
  const tickets = new Set<string>();
  const waiting = new Map<string, (delivery: Delivery) => void>();
  const cancels = new Set<() => void>();
  let open: WebSocket[] = [];
  let turn = 0;

  function welcome(socket: WebSocket): void {
    const fault = plan.takeSocketFault();
    socket.on('error', () => socket.terminate());
    socket.on('ping', (data) => frozen.has(socket) || socket.pong(data));
    if (fault === 'no_hello') return;
    if (fault !== undefined) {
      sendAway(socket, fault);
      return;
    }
    open.push(socket);
    socket.on('message', (frame) => frozen.has(socket) || acknowledged(String(frame)));
    socket.on('close', () => leave(socket));
    socket.send(JSON.stringify(hello(state, open.length)));
    keepAlive(socket);
    state.announce({ kind: 'connections', open: open.length });
  }

  // Slack pings too: once it has, the client gives up on a link whose pings stop.
  function keepAlive(socket: WebSocket): void {
    let cancel = later();
    socket.once('close', () => {
      cancel();
      cancels.delete(cancel);
    });
    function later(): () => void {
      const cancelThis = state.clock.later(PING_EVERY_MS, () => {
        cancels.delete(cancelThis);
        if (socket.readyState !== WebSocket.OPEN) return;
        if (!frozen.has(socket)) socket.ping();
        cancel = later();
      });
      cancels.add(cancelThis);
      return cancelThis;
    }
  }

  function leave(socket: WebSocket): void {
    if (!open.includes(socket)) return;
    open = open.filter((each) => each !== socket);
    state.announce({ kind: 'connections', open: open.length });
  }

  function acknowledged(frame: string): void {
    const ack: unknown = JSON.parse(frame);
    const id = textIn(ack, 'envelope_id');
    if (id === undefined || !isWire(ack)) return;
    const settle = waiting.get(id);
    if (!settle) return;
    if (plan.takeLostAck()) lose(id);
    else settle({ outcome: 'acked', payload: objectIn(ack, 'payload') });
  }

  function lose(id: string): void {
    const envelope = state.envelopes.find((each) => each.id === id);
    if (!envelope) return;
    envelope.lostAcks += 1;
    state.announce({ kind: 'envelope', envelope });
  }

  function send(envelope: Wire): boolean {
    const socket = open[turn % open.length];
    turn += 1;
    if (socket !== undefined && !frozen.has(socket)) socket.send(JSON.stringify(envelope));
    return socket !== undefined;
  }

  function awaitAck(sent: SentEnvelope): Promise<Delivery> {
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    const cancel = state.clock.later(ACK_WITHIN_MS, () => settle({ outcome: 'no_ack' }));
    function settle(delivery: Delivery): void {
      cancel();
      cancels.delete(cancel);
      waiting.delete(sent.id);
      if (delivery.outcome === 'acked') sent.ack = delivery.payload;
      resolve(delivery);
      state.announce({ kind: 'envelope', envelope: sent });
    }
    cancels.add(cancel);
    waiting.set(sent.id, settle);
    return promise;
  }

  return {
    newTicket() {
      const ticket = randomUUID();
      tickets.add(ticket);
      return ticket;
    },
    accept(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'ws://127.0.0.1').searchParams.get('ticket');
      if (ticket === null || !tickets.delete(ticket)) {
        refuse(socket, '401 Unauthorized');
        return;
      }
      if (plan.nextSocketFault() === 'refused') {
        plan.takeSocketFault();
        refuse(socket, '503 Service Unavailable');
        return;
      }
      server.handleUpgrade(request, socket, head, welcome);
    },
    async deliver(type, payload, acceptsResponse, retry) {
      const sent = retry ?? { id: randomUUID(), type, payload, attempts: 0, lostAcks: 0 };
      if (!retry) state.envelopes.push(sent);
      const envelope = { envelope_id: sent.id, type, payload, accepts_response_payload: acceptsResponse };
      const again = { ...envelope, retry_attempt: sent.attempts, retry_reason: 'timeout' };
      if (open.length === 0) return { outcome: 'no_connection' };
      const answer = awaitAck(sent);
      send(sent.attempts === 0 ? envelope : again);
      sent.attempts += 1;
      if (plan.takeDuplicate()) {
        send({ ...envelope, retry_attempt: sent.attempts, retry_reason: 'timeout' });
        sent.attempts += 1;
      }
      return answer;
    },
    connections: () => open.length,
    disconnect(reason, count = open.length) {
      for (const socket of open.slice(0, count)) {
        // No envelope goes to a connection that was told to leave.
        leave(socket);
        if (reason === 'abrupt') socket.terminate();
        else sendAway(socket, reason);
      }
    },
    freeze(count = open.length) {
      for (const socket of open.slice(0, count)) frozen.add(socket);
    },
    async close() {
      for (const settle of waiting.values()) settle({ outcome: 'no_ack' });
      for (const cancel of cancels) cancel();
      await Promise.all([...server.clients].map(closed));
      server.close();
    },
  };
}

function sendAway(socket: WebSocket, reason: string): void {
  socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: '127.0.0.1' } }));
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

// Closed with the handshake: a client that is cut off while it says goodbye keeps a timer of 30 s running.
async function closed(socket: WebSocket): Promise<void> {
  const gone = once(socket, 'close');
  const impatience = setTimeout(() => socket.terminate(), 1_000);
  socket.close(1001);
  await gone;
  clearTimeout(impatience);
}

function hello(state: State, connections: number): Wire {
  return {
    type: 'hello',
    num_connections: connections,
    connection_info: { app_id: state.app.id },
    debug_info: { host: '127.0.0.1', approximate_connection_time: 18_060 },
  };
}
