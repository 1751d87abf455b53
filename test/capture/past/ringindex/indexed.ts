import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, writeFileSync } from 'node:fs';
import { type Program, readProgram } from '../../../../src/capture/bpf.ts';
import type { Condition } from '../../../../src/capture/past/ringindex/condition.ts';
import { encodeIndex } from '../../../../src/capture/past/ringindex/format.ts';
import { RingIndex } from '../../../../src/capture/past/ringindex/ringindex.ts';
import { identityOf } from '../../../../src/capture/past/ringindex/store.ts';
import { surveyRingFile } from '../../../../src/capture/past/ringindex/survey.ts';
import type { Kind } from '../../../../src/capture/past/ringindex/terms.ts';

/** What libpcap compiles an expression to for a pcap file; undefined when it refuses. */
export function programFor(file: string, expression: string, ...options: string[]): Program | undefined {
  try {
    const args = [...options, '-r', file, '-ddd', '--', expression];
    return readProgram(execFileSync('tcpdump', args, { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }));
  } catch {
    return undefined;
  }
}

/** The index of a pcap file, with a block for each record when `blockBytes` is 1. */
export function indexOf(file: string, blockBytes?: number): RingIndex {
  const descriptor = openSync(file, 'r');
  try {
    const stats = fstatSync(descriptor, { bigint: true });
    const survey = surveyRingFile(descriptor, Number(stats.size), blockBytes);
    if (survey === undefined) throw new Error(`${file} is no pcap file`);
    writeFileSync(`${file}.index`, encodeIndex(survey, identityOf(stats)));
  } finally {
    closeSync(descriptor);
  }
  return new RingIndex(openSync(`${file}.index`, 'r'));
}

/** A condition in words, for expressions of a few terms. */
export function words(condition: Condition, place = condition.length - 1): string {
  const node = condition[place];
  switch (node?.is) {
    case undefined:
      return 'no node';
    case 'everything':
    case 'nothing':
      return node.is;
    case 'term': {
      const { kind, from, to } = node.term;
      return `${kind} ${shown(kind, from)}${from === to ? '' : `-${shown(kind, to)}`}`;
    }
    case 'listed':
      return `IPv${node.table.family} in ${node.table.ranges.length / 2 / node.table.words} ranges of ${node.table.words} words`;
    case 'both':
    case 'either': {
      const [left, right] = [words(condition, node.left), words(condition, node.right)];
      return node.is === 'both' ? `(${left} & ${right})` : `(${left} | ${right})`;
    }
    default:
      return node satisfies never;
  }
}

function shown(kind: Kind, value: bigint): string {
  switch (kind) {
    case 'ipv4':
      return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
    case 'ipv6':
    case 'ethertype':
    case 'inner ethertype':
      return value.toString(16);
    default:
      return String(value);
  }
}
