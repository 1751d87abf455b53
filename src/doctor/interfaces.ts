import { existsSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import { complaint } from '../capture/tcpdump.ts';
import { quoteWord } from '../command/words.ts';
import type { Config } from '../config.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';
import { tcpdumpPath } from './tools.ts';

/** linux/if.h */
const flags = { up: 0x1, loopback: 0x8 } as const;

/** Whether each interface is there and up, and whether this user's tcpdump may open it. */
export async function checkInterfaces({ interfaces }: Config): Promise<Finding[]> {
  const path = await tcpdumpPath();
  const findings: Finding[] = [];
  for (const name of interfaces) {
    const state = checkState(name);
    findings.push(state);
    if (path === undefined) findings.push(skipped(`capturing ${name}`, 'there is no tcpdump to try it with'));
    else if (state.verdict !== 'broken') findings.push(await checkPermission(name, path));
  }
  return findings;
}

function checkState(name: string): Finding {
  const check = `interface ${name}`;
  if (name === 'any') {
    const found = 'all interfaces at once, as Linux cooked packets: they do not merge with what an Ethernet ring holds';
    return warning(check, found, 'Name the tapped interface instead, in "interfaces" of the configuration.');
  }
  const place = `/sys/class/net/${name}`;
  if (!existsSync(place)) {
    const found = 'does not exist on this sensor';
    return broken(
      check,
      found,
      'Correct "interfaces" in the configuration, or plug it in; see what there is.',
      'ip -br link',
    );
  }
  const has = (flag: number) => (Number(readFileSync(`${place}/flags`, 'utf8')) & flag) !== 0;
  if (!has(flags.up)) {
    return broken(
      check,
      'is down: nothing can be captured on it',
      'Bring it up.',
      `ip link set dev ${quoteWord(name)} up`,
    );
  }
  if (has(flags.loopback)) {
    const found = 'is the loopback: it sees the sensor itself alone';
    return warning(check, found, 'Fine for a trial; name the tapped interface in the configuration.');
  }
  if (readFileSync(`${place}/carrier`, 'utf8').trim() === '0') {
    return warning(
      check,
      'is up, but has no link: no packet arrives',
      'Look at the cable and the tap.',
      `ip -s link show dev ${quoteWord(name)}`,
    );
  }
  return ok(check, 'is up and has a link');
}

/** Lets tcpdump open the interface as it would for a capture, compile for it, and end: no packet is read, no file written. */
async function checkPermission(name: string, tcpdump: string): Promise<Finding> {
  const check = `capturing ${name}`;
  const result = await execa(tcpdump, ['-nn', '-i', name, '-d'], {
    stdin: 'ignore',
    stdout: 'ignore',
    reject: false,
    timeout: 10_000,
    killSignal: 'SIGKILL',
  });
  const { stderr } = result;
  if (!result.failed) {
    return /promiscuous/i.test(stderr)
      ? warning(
          check,
          `permitted, but ${complaint(stderr) ?? 'not in promiscuous mode'}`,
          'It sees only what is sent to this sensor: use a tapped interface.',
        )
      : ok(check, 'permitted, in promiscuous mode');
  }
  const said = complaint(stderr)?.replace(`${name}: `, '') ?? result.shortMessage;
  if (!/permi/i.test(stderr))
    return broken(
      check,
      `tcpdump cannot open it: ${said}`,
      'See all that it says.',
      `tcpdump -i ${quoteWord(name)} -d`,
    );
  return broken(
    check,
    'tcpdump may not open it for this user: it needs root or the capability CAP_NET_RAW',
    // Not bin/capture by sudo: with --config it would act, as root, by any file that an analyst names.
    `Give tcpdump the capability; every user who may run ${tcpdump} may then capture: chgrp and chmod o-x keep it to a group. Or, better, install the command that gives it this one capability (deploy/README.md, step 5), with its line in /etc/sudoers.d: %soc ALL = (root) NOPASSWD: /usr/local/bin/capture`,
    `setcap cap_net_raw+ep ${quoteWord(tcpdump)}`,
  );
}
