import { type Capture, isOpen } from '../capture/capture.ts';
import { count } from './figures.ts';

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
