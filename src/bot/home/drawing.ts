import { setTimeout as pause } from 'node:timers/promises';
import type { HomeView } from '@slack/types';
import { type Actor, type Analyst, mayRole } from '../../capture/analyst.ts';
import { isTheirs, isWaiting } from '../../capture/approval.ts';
import { type Capture, isOf, type Millis } from '../../capture/capture.ts';
import type { Engine } from '../../capture/door.ts';
import type { Health } from '../../capture/health.ts';
import type { Config } from '../../config.ts';
import { type AnalystParts, acquaintance } from '../analysts.ts';
import { answerable } from '../answerable.ts';
import { closedHomeView, type HomeOf, homeView, mostEnded } from '../views/home.ts';
import type { Answerable } from '../views/requests.ts';
import type { Opened } from './opened.ts';

/** A ring whose disk is asleep must not keep somebody from their captures. */
const healthWithin: Millis = 2_000;

export interface HomeParts extends Pick<AnalystParts, 'slack' | 'people' | 'token' | 'log'> {
  readonly engine: Pick<Engine, 'standing' | 'health' | 'whoIs' | 'waiting' | 'answers'>;
  readonly config: Pick<Config, 'analysts' | 'sensor'>;
  readonly now: () => Millis;
}

/** Somebody's Home as it is now. */
export interface HomeNow {
  readonly view: HomeView;
  /** Of whom and of which captures, as they are: another Home that tells the same has nothing new but health and time. */
  readonly tells: string;
  /** Settles when the sensor's health is known, where that was not in time for this one. */
  readonly healthToCome: Promise<unknown> | null;
}

/**
 * Draws somebody's Home from what Slack says of them, asked anew each time, and what the registry has; null where it would tell what is
 * known already.
 */
export async function homeNow({ user, team }: Opened, known: string | null, parts: HomeParts): Promise<HomeNow | null> {
  const { engine, config, now } = parts;
  const origin = { door: 'slack', team, user, channel: '' } as const;
  const analyst = await acquaintance(origin, parts);
  if (typeof analyst === 'string')
    return analyst === known ? null : { view: closedHomeView(analyst), tells: analyst, healthToCome: null };
  const shownNow = () => ({ ...standingFor(analyst, engine), waiting: waitingFor({ analyst, origin }, engine) });
  if (known !== null && toldBy(analyst, shownNow()) === known) return null;
  const asked = engine.health();
  const health = await inTime(asked);
  // After the sensor was looked at, which may have taken a while.
  const shown = shownNow();
  return {
    view: homeView({ sensor: config.sensor, analyst, origin, ...shown, health }, now()),
    tells: toldBy(analyst, shown),
    healthToCome: health === null ? asked : null,
  };
}

type Standings = Pick<HomeOf, 'own' | 'others'>;

function standingFor(analyst: Analyst, engine: HomeParts['engine']): Standings {
  const own = engine.standing(analyst.name, mostEnded);
  if (!mayRole.seeAllAtHome(analyst)) return { own, others: null };
  // With theirs among them, so that as many are left of the others'.
  const all = engine.standing(null, 2 * mostEnded);
  const isOthers = (capture: Capture) => !mayRole.capture(analyst) || !isOf(capture, analyst.name);
  return { own, others: { open: all.open.filter(isOthers), ended: all.ended.filter(isOthers) } };
}

/** The requests that wait: all for whoever sees all, else their own. */
function waitingFor(who: Pick<Actor, 'analyst' | 'origin'>, engine: HomeParts['engine']): Answerable[] {
  const { analyst } = who;
  const seen = engine
    .waiting()
    .filter((request) => isWaiting(request) && (mayRole.seeAllAtHome(analyst) || isTheirs(request, analyst.name)));
  return answerable(seen, who, engine);
}

function toldBy(analyst: Analyst, { own, others, waiting }: Standings & Pick<HomeOf, 'waiting'>): string {
  const shown = [own, others].map((one) => [...(one?.open ?? []), ...(one?.ended ?? [])]);
  const all = [...shown, waiting.map(({ request }) => request)];
  return JSON.stringify([analyst, all.map((each) => each.map(({ id, version }) => [id, version]))]);
}

async function inTime(asked: Promise<Health>): Promise<Health | null> {
  const given = new AbortController();
  const late = pause(healthWithin, null, { signal: given.signal }).catch(() => null);
  try {
    return await Promise.race([asked, late]);
  } finally {
    given.abort();
  }
}
