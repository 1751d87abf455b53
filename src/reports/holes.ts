import { type Capture, isOpen } from '../capture/capture.ts';
import { count, counted } from './figures.ts';

/** Whether the kernel lost packets of a live capture; a search reads files and has no kernel in its way. */
export type Drops =
  | { readonly seen: 'none' }
  | { readonly seen: 'some'; readonly packets: number }
  | { readonly seen: 'not yet' }
  | { readonly seen: 'never' }
  | { readonly seen: 'no kernel' };

export function dropsOf(capture: Capture): Drops {
  if (capture.kind === 'past') return { seen: 'no kernel' };
  const dropped = capture.counts?.droppedByKernel ?? null;
  if (dropped === null) return isOpen(capture.state) ? { seen: 'not yet' } : { seen: 'never' };
  return dropped > 0 ? { seen: 'some', packets: dropped } : { seen: 'none' };
}

/** Kernel drops in words, to stand beside every count of a capture; null for a search. */
export function dropsInWords(capture: Capture): string | null {
  const drops = dropsOf(capture);
  switch (drops.seen) {
    case 'none':
      return '0 dropped by kernel';
    case 'some':
      return `${count(drops.packets)} dropped by kernel`;
    case 'not yet':
      return 'kernel drops are told at the end';
    case 'never':
      return 'kernel drops unknown: tcpdump did not say';
    case 'no kernel':
      return null;
    default:
      return drops satisfies never;
  }
}

/** How many packets tcpdump captured that its savefile does not have: tcpdump itself says nothing of a disk that is full. */
export function missingOf({ kind, endedAt, counts, packets }: Capture): number {
  if (kind === 'past' || endedAt === null || packets === null) return 0;
  return Math.max(0, (counts?.captured ?? 0) - packets);
}

/** What is known to be missing from a capture's evidence, in words; none where nothing is. */
export function holesInWords(capture: Capture): string[] {
  const drops = dropsOf(capture);
  const missing = missingOf(capture);
  return [
    ...(drops.seen === 'some' || drops.seen === 'never' ? [dropsInWords(capture) ?? ''] : []),
    ...(missing > 0 ? [`${counted(missing, 'captured packet')} missing from the savefile`] : []),
    ...(capture.facts === null || capture.facts.cutAt === null ? [] : ['the savefile ends in the middle of a packet']),
  ];
}
