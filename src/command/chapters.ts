import { bold, entry, italic, paragraphs, roff } from './roff.ts';

/** The chapters of the manual that are no list of the grammar, as roff. */
export function chapters() {
  return {
    description: paragraphs(
      'Takes full packet captures on a sensor with tapped interfaces: each with an analyst, a description and an expression, so that nobody has to ask later whose it is and what it was for. A live capture is a tcpdump that goes on when the shell is closed. A search reads what a logger such as daemonlogger has kept, the ring, and merges what matches into one savefile.',
      'The same words work in Slack after /capture. Who you are is the login behind sudo(8), or your own; the configuration says which analyst that is and what the role allows. Every order, carried out or refused, is an entry of the audit log.',
    ),
    selectors: paragraphs(
      'A SELECTOR is an id, or a word that is looked for in the analyst, the description, the expression and the case of a capture, whatever its case. Words that belong together are quoted.',
      'stop stops every capture that a word is in and that you may stop. On a terminal it shows them first, where they are more than one, and asks; without a terminal, or with --json, it does as told. There, and in Slack, one or two letters that are in several captures are refused, unless they are the whole name of the analyst or of the case.',
    ),
    searches: paragraphs(
      'A search, or both, that would read more than limits.search of the configuration (100GB where it names no other), of what its window and the indexes leave to be read, is asked about first: on a terminal with what it will read and "Go on? [y/N]". After anything but yes nothing is begun, and it ends with 130. Without a terminal, or with --json, it is refused with 64. With --yes nobody is asked.',
    ),
    output: [
      ...paragraphs(
        'start prints "Started: " and the name of the savefile. search prints "Generating " and the name, and then rewrites one line, "Currently Processing: " and the time reached in the ring. list prints a line a capture: analyst, time, description; on a terminal a first line names the zone, a description is cut to the width, and the id follows in brackets, with --all the state, too. list -v prints a block a capture, with its id and state at the end (on a terminal the id comes first), and stop -v the facts of the savefile as well.',
        'list prints nothing and ends with 0 where no capture has the word; an id that was never given is 66. stop ends with 66 where nothing that runs has the word, and stop --all where nothing runs that you may stop.',
        'With --json a verb prints one JSON document; a search prints one a line, of which the last is final. Times in JSON are ISO 8601 in UTC, and what hides or turns text around is escaped, \\u202e for one.',
        'What is refused, and why, is said on the standard error.',
      ),
      ...paragraphs(
        'doctor prints a line a check: ok, warning, BROKEN or skipped, and what it found; below it what to do, where something is to be done, and a line to copy. It exits with 69 when something is BROKEN, and with 0 otherwise, warnings or not. With --json it prints {"healthy", "sensor", "at", "checks"}; each check has "check", "verdict" (ok, warning, broken or skipped) and "found", and where something is to be done "mend", with "say" and "command", which may be null.',
      ),
    ],
    files: [
      ...entry(italic('./capture.yml'), roff('The configuration, where no other is named.')),
      ...entry(
        italic('/etc/capture/capture.yml'),
        roff('The configuration, where there is none in the working directory.'),
      ),
      ...paragraphs('The configuration says where these are:'),
      ...entry(
        `${italic('captures')}/${italic('ANALYST_DESCRIPTION_TIME_EPOCH_')}${bold('.pcap')}`,
        roff('A savefile. That of a search ends in .past.pcap; while it grows, a link of that name points to it.'),
      ),
      ...entry(
        `${italic('captures')}/${italic('SAVEFILE')}${bold('.json')}`,
        roff(
          'Its sidecar: who, why, when, how many packets, SHA-256; it explains the savefile when it leaves the sensor.',
        ),
      ),
      ...entry(`${italic('state')}/${bold('registry.sqlite')}`, roff('The registry and the audit log.')),
      ...entry(
        `${italic('pins')}/${italic('ID')}${bold('/')}`,
        roff(
          'The ring files that a pin keeps from being pruned, as links or copies, and pin.json, which says what they are; in the state directory where pins.directory names no other.',
        ),
      ),
      ...entry(`${italic('state')}/${bold('supervisor.log')}`, roff('What went wrong in looking after what runs.')),
      ...entry(`${italic('state')}/${bold('tcpdump/')}`, roff('What each tcpdump had to say.')),
    ],
    environment: [
      ...entry(bold('CAPTURE_CONFIG'), roff('The configuration, where --config names none.')),
      ...entry(bold('TZ'), roff('The zone in which times are read and shown.')),
      ...entry(
        bold('SUDO_USER'),
        roff('The login behind sudo(8): believed from root, and from the user to whom the registry belongs.'),
      ),
      ...entry(bold('SSH_CONNECTION'), roff('Whence you came, for the audit log.')),
    ],
    seeAlso: [
      ['tcpdump(8)', 'pcap-filter(7)', 'daemonlogger(1)', 'capinfos(1)', 'mergecap(1)', 'sudo(8)', 'systemctl(1)']
        .map((page) => page.replace(/^(.*)(\(\d\))$/, (_, name: string, part: string) => `${bold(name)}${part}`))
        .join(', '),
    ],
  };
}
