import { execa } from 'execa';
import { toolVersions } from '../capture/tcpdump.ts';
import { broken, type Finding, ok, warning } from './finding.ts';

/** Where tcpdump is, undefined where PATH has none. */
export async function tcpdumpPath(): Promise<string | undefined> {
  return pathOf('tcpdump');
}

async function pathOf(tool: 'tcpdump' | 'mergecap'): Promise<string | undefined> {
  const { stdout, failed } = await execa('sh', ['-c', `command -v ${tool}`], { reject: false });
  return failed || !stdout ? undefined : stdout.trim();
}

/** The one tool that capturing and searching need, the library that judges expressions, and what `--join` alone needs of Wireshark's tools. */
export async function checkTools(): Promise<Finding[]> {
  const path = await tcpdumpPath();
  if (path === undefined) {
    return [
      broken(
        'tcpdump',
        'there is none in PATH: nothing can be captured or searched',
        'Install it.',
        'apt install tcpdump',
      ),
    ];
  }
  const lines = await toolVersions();
  const version = (tool: string) =>
    lines.find((line) => line.startsWith(`${tool} version `))?.slice(`${tool} version `.length);
  const tcpdump = version('tcpdump');
  if (tcpdump === undefined) {
    return [
      broken(
        'tcpdump',
        `${path} does not say its version: it cannot be run by this user`,
        'See what it says.',
        `${path} --version`,
      ),
    ];
  }
  const libpcap = version('libpcap');
  return [
    ok('tcpdump', `${tcpdump} at ${path}`),
    libpcap === undefined
      ? warning('libpcap', 'tcpdump does not say which libpcap it has', 'See what it says.', `${path} --version`)
      : ok('libpcap', libpcap),
    await checkMergecap(),
  ];
}

async function checkMergecap(): Promise<Finding> {
  const path = await pathOf('mergecap');
  return path === undefined
    ? warning(
        'mergecap',
        'there is none in PATH: what is asked for with --join is told as not joined; its parts are there',
        'Install it where --join is used.',
        'apt install wireshark-common',
      )
    : ok('mergecap', path);
}
