import type { Analyst } from './analyst.ts';
import type { Micros, Millis } from './capture.ts';

export type PinId = `p${number}`;
export type PinState = 'pinning' | 'held' | 'releasing' | 'released' | 'undone';

/** What is asked to be kept from being pruned: the ring files that a search of the window would read. */
export interface PinOrder {
  readonly description: string;
  readonly window: { readonly since: Micros; readonly until: Micros | null };
  /** The configuration's first ring where it is left out. */
  readonly ring?: string | undefined;
  readonly case?: string | undefined;
  /** For how long, milliseconds; the configuration's time where it is left out. */
  readonly duration?: Millis | undefined;
}

/** A ring file of the window that is not pinned, or not wholly, and the time that it covers. */
export interface Lacking {
  readonly file: string;
  readonly pinned: 'nothing' | 'part';
  readonly from: Micros | null;
  readonly to: Micros | null;
  readonly why: string;
}

/** Ring files that are held for an open incident, as the registry knows it: plain values only. */
export interface Pin {
  readonly id: PinId;
  readonly state: PinState;
  readonly analyst: string;
  readonly description: string;
  readonly case: string | null;
  readonly ring: string;
  readonly window: { readonly since: Micros; readonly until: Micros };
  readonly pinnedAt: Millis;
  readonly expiresAt: Millis;
  /** When it was released or undone. */
  readonly endedAt: Millis | null;
  readonly why: string | null;
  readonly files: number;
  /** Of its files when they were pinned. */
  readonly bytes: number;
  readonly lacking: readonly Lacking[];
}

/** All that is pinned, oldest first. */
export interface Pinboard {
  readonly pins: readonly Pin[];
  /** Bytes that pins keep on the disk: a file in two of them counts once. */
  readonly used: number;
  readonly limit: number;
}

/** A ring file in a pin. */
export interface PinnedFile {
  readonly pin: PinId;
  /** The ring file's name. */
  readonly name: string;
  /** The ring file's inode; a link has the same. */
  readonly inode: number;
  readonly firstAt: Micros;
  readonly size: number;
  readonly how: 'link' | 'copy';
  /** Why a copy has not all of the ring file; null when it has. */
  readonly part: string | null;
  /** Where it is held. */
  readonly path: string;
}

/** How a line of the coverage statement names the pin that a file was read from. */
export function readFromPin(pin: PinId): string {
  return `pinned as ${pin}`;
}

/** The pin, where a line says nothing else; undefined for any other detail. */
export function pinReadFrom(detail: string | null): string | undefined {
  return /^pinned as (p\d+)$/.exec(detail ?? '')?.[1];
}

/** Whether the person may release it: an analyst their own, a lead anyone's. */
export function mayUnpin(analyst: Analyst, pin: Pin): boolean {
  return analyst.role === 'lead' || (analyst.role === 'analyst' && pin.analyst === analyst.name);
}
