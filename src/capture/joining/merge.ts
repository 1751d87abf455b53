import { CaptureError } from '../errors.ts';

/** Wireshark's names of what a joined savefile may be. */
export type Format = 'pcap' | 'nsecpcap' | 'pcapng';

/** No configuration and no plugin of whoever runs us is looked for. */
const nowhere = { HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent', WIRESHARK_CONFIG_DIR: '/nonexistent' };

/**
 * What stands before mergecap: it yields to everything else, dies with us (two must never write one savefile), and can do nothing that
 * reading a savefile of its user does not need.
 */
function harmless(): string[] {
  // setpriv calls capset(2) whatever it is told: the units' filter of system calls must allow it.
  const capabilities = process.getuid?.() === 0 ? ['--inh-caps=-all', '--bounding-set=-all'] : ['--ambient-caps=-all'];
  return ['-n', '10', 'setpriv', '--no-new-privs', '--pdeathsig', 'KILL', ...capabilities];
}

/**
 * Merges savefiles into a file that is there already, so that its mode is ours, by the times of their packets (mergecap(1)): each is read from its beginning to its end, and the packet
 * that comes first of those at hand is written. It is given whole records only: of a file that is cut it guesses wrongly what kind of pcap
 * it is, and leaves packets of others out.
 * @throws CaptureError `tool_failed` when there is no mergecap, or with its words; the signal's reason
 */
export async function mergeInto(file: string, inputs: readonly string[], format: Format, signal: AbortSignal) {
  const { execa } = await import('execa');
  // One description for all interfaces that are alike; only a pcapng has any.
  const interfaces = format === 'pcapng' ? ['-I', 'any'] : [];
  const { failed, exitCode, stderr, shortMessage } = await execa(
    'nice',
    [...harmless(), 'mergecap', '-F', format, ...interfaces, '-w', file, ...inputs],
    // In a session of its own: the terminal's Ctrl-C is ours to take.
    {
      stdin: 'ignore',
      stdout: 'ignore',
      reject: false,
      detached: true,
      cancelSignal: signal,
      env: { ...nowhere, LC_ALL: 'C' },
    },
  );
  signal.throwIfAborted();
  if (!failed) return;
  if (exitCode === 127 && /failed to execute mergecap/.test(String(stderr))) {
    throw new CaptureError('tool_failed', 'mergecap is not installed (Debian: apt install wireshark-common)');
  }
  const said = String(stderr ?? '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ');
  throw new CaptureError(
    'tool_failed',
    said === '' ? (shortMessage ?? 'mergecap failed') : said.slice(0, longestWords),
  );
}

const longestWords = 500;
