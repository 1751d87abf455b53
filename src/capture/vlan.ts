import { everything } from './tcpdump.ts';

/**
 * The one form of an expression that selects the same packets live and from a file, untagged, tagged and tagged twice: the kernel takes
 * the outer tag away before a live filter sees the packet, and `vlan` shifts everything behind it in an expression.
 */
export function expandForVlan(expression: string): string {
  return `(${expression}) or (vlan and (${expression})) or (vlan and (${expression}))`;
}

/** Whether an expression can miss tagged packets at all: one that speaks of tags says itself what it wants. */
export function missesTags(expression: string): boolean {
  return expression !== everything && !/\bvlan\b/i.test(expression);
}

/**
 * Looks whether an interface carries VLAN tags, for so many milliseconds at most.
 * @returns true when a tagged packet came, false when none did
 */
export async function seesTags(interfaceName: string, patience: number): Promise<boolean> {
  const { execa } = await import('execa');
  // --immediate-mode: without it the kernel holds a lone packet back for up to a second.
  const { failed } = await execa(
    'tcpdump',
    ['--immediate-mode', '-nn', '-i', interfaceName, '-c', '1', '-w', '/dev/null', '--', 'vlan'],
    {
      stdin: 'ignore',
      stdout: 'ignore',
      reject: false,
      timeout: patience,
      // An idle one stays after SIGTERM, and would outlive a shell.
      killSignal: 'SIGKILL',
    },
  );
  return !failed;
}
