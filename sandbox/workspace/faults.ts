/** Which calls a fault is for: one method, all with `*`, or answers to a `response_url`. */
export type MethodName = string;

/** What happens to a call instead of, or around, its ordinary answer. */
export type CallFault =
  | { kind: 'status'; status: number }
  | { kind: 'error'; error: string }
  | { kind: 'limited'; retryAfter: number }
  | { kind: 'lost_response' }
  | { kind: 'error_after'; error: string }
  | { kind: 'silence' };

/** What a whole outage does to every call: HTTP 500, no answer ever, or the work done and its answer lost. */
export type Outage = 'errors' | 'silence' | 'lost_answers';

/** What happens to a new Socket Mode connection: HTTP 503, no hello, or a disconnect frame in its place. */
export type SocketFault = 'refused' | 'no_hello' | 'too_many_websockets' | 'link_disabled';

type Planned = { method: MethodName; fault: CallFault; left: number; until?: number };

/** Faults on request. Each `next` fault is used up; `delay`, `answerLate`, `limitFor` and `outage` last until they end or `clear()`. */
export type Faults = {
  /** The next envelopes are delivered twice: the second time with `retry_attempt` 1. */
  duplicateNext(envelopes?: number): void;
  /** The next acknowledgements are ignored as if they had not come. */
  loseAcks(acks?: number): void;
  /** The next calls are carried out and their answer is lost: the connection ends without one. */
  loseResponses(method: MethodName, calls?: number): void;
  /** The next calls answer with an HTTP status such as 500 and are not carried out. */
  failNext(method: MethodName, calls?: number, status?: number): void;
  /** The next calls answer `{ ok: false, error }` and are not carried out. */
  errorNext(method: MethodName, error: string, calls?: number): void;
  /** The next calls are carried out and answer `{ ok: false, error }` all the same. */
  errorAfter(method: MethodName, error: string, calls?: number): void;
  /** The next calls answer 429 with Retry-After in seconds. */
  limitNext(method: MethodName, calls?: number, retryAfter?: number): void;
  /** All calls within `ms` answer 429. */
  limitFor(method: MethodName, ms: number, retryAfter?: number): void;
  /** Each call of the method waits `ms` before it is carried out; 0 ends it. */
  delay(method: MethodName, ms: number): void;
  /** Each call of the method is carried out at once and answered `ms` later; 0 ends it. */
  answerLate(method: MethodName, ms: number): void;
  /** From now on every call, and every answer to a response_url, fails like this; null ends it. */
  outage(how: Outage | null): void;
  /** What happens to the next new connections. */
  socketNext(fault: SocketFault, connections?: number): void;
  clear(): void;
};

/** What the servers ask before they act. */
export type FaultPlan = {
  faults: Faults;
  takeDuplicate(): boolean;
  takeLostAck(): boolean;
  takeCallFault(method: MethodName): CallFault | undefined;
  delayOf(method: MethodName): number;
  latenessOf(method: MethodName): number;
  nextSocketFault(): SocketFault | undefined;
  takeSocketFault(): SocketFault | undefined;
};

const outages: Readonly<Record<Outage, CallFault>> = {
  errors: { kind: 'status', status: 500 },
  silence: { kind: 'silence' },
  lost_answers: { kind: 'lost_response' },
};

/** An empty plan: nothing goes wrong until asked to. */
export function faultPlan(now: () => number): FaultPlan {
  let planned: Planned[] = [];
  let duplicates = 0;
  let lostAcks = 0;
  let outage: Outage | null = null;
  let sockets: SocketFault[] = [];
  const delays = new Map<MethodName, number>();
  const lateness = new Map<MethodName, number>();
  const plan = (method: MethodName, fault: CallFault, left: number) => void planned.push({ method, fault, left });
  return {
    faults: {
      duplicateNext(envelopes = 1) {
        duplicates += envelopes;
      },
      loseAcks(acks = 1) {
        lostAcks += acks;
      },
      loseResponses: (method, calls = 1) => plan(method, { kind: 'lost_response' }, calls),
      failNext: (method, calls = 1, status = 500) => plan(method, { kind: 'status', status }, calls),
      errorNext: (method, error, calls = 1) => plan(method, { kind: 'error', error }, calls),
      errorAfter: (method, error, calls = 1) => plan(method, { kind: 'error_after', error }, calls),
      limitNext: (method, calls = 1, retryAfter = 1) => plan(method, { kind: 'limited', retryAfter }, calls),
      limitFor(method, ms, retryAfter = 1) {
        planned.push({ method, fault: { kind: 'limited', retryAfter }, left: Infinity, until: now() + ms });
      },
      delay: (method, ms) => void delays.set(method, ms),
      answerLate: (method, ms) => void lateness.set(method, ms),
      outage(how) {
        outage = how;
      },
      socketNext: (fault, connections = 1) => void sockets.push(...Array<SocketFault>(connections).fill(fault)),
      clear() {
        outage = null;
        sockets = [];
        lateness.clear();
        planned = [];
        duplicates = 0;
        lostAcks = 0;
        delays.clear();
      },
    },
    takeDuplicate: () => duplicates > 0 && duplicates-- > 0,
    takeLostAck: () => lostAcks > 0 && lostAcks-- > 0,
    takeCallFault(method) {
      if (outage !== null) return outages[outage];
      planned = planned.filter((each) => each.left > 0 && (each.until === undefined || now() < each.until));
      // A response_url is no method: what is asked for all methods leaves it alone.
      const due = planned.find((each) => each.method === method || (each.method === '*' && method !== 'response_url'));
      if (due) due.left -= 1;
      return due?.fault;
    },
    delayOf: (method) => delays.get(method) ?? delays.get('*') ?? 0,
    latenessOf: (method) => lateness.get(method) ?? lateness.get('*') ?? 0,
    nextSocketFault: () => sockets[0],
    takeSocketFault: () => sockets.shift(),
  };
}
