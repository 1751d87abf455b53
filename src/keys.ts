import { z } from 'zod';
import {
  channelId,
  duration,
  facility,
  groupId,
  interfaceName,
  oneOrMore,
  path,
  settings,
  size,
  syslogServer,
  text,
  whole,
  word,
  zone,
} from './values.ts';

const anInterfaceList = 'expected a list of interface names such as [eth1]';
const aRingList = 'expected a list of rings such as - { name: dmz, path: /var/log/daemonlogger, interface: eth1 }';
const anAnalystList = 'expected a list of analysts such as - { name: grant, role: lead, login: grant }';
const aChannelList = 'expected a list of channel ids such as [C024BE91L]';
const aTeam = 'expected the Slack team id of a workspace such as T024BE7LD';
const groupsSuch = 'settings such as { viewer: S0614TZR7, analyst: S0614TZR8 }';
const noLeads = 'expected no such key: whoever may edit a group could make themselves a lead; name leads in analysts';
const aTime = "expected a time such as '08:00'";

/** The keys of a configuration, and what each expects in words. */
export const schema = settings(
  {
    sensor: word('dmz-1'),
    state: path('/var/lib/capture'),
    captures: path('/var/lib/capture/captures'),
    group: text('expected the name of a group such as soc').nullable().default(null),
    interfaces: z.tuple([interfaceName()], interfaceName(), anInterfaceList),
    snaplen: whole('expected a number of bytes from 64 to 262144', { least: 64, most: 262144 }).default(262144),
    buffer: size.default(16 * 2 ** 20),
    rings: z
      .array(
        settings(
          { name: word('dmz'), path: path('/var/log/daemonlogger'), interface: interfaceName() },
          'settings such as { name: dmz, path: /var/log/daemonlogger, interface: eth1 }',
        ),
        aRingList,
      )
      .default([]),
    limits: settings(
      {
        duration: duration.default(24 * 3_600_000),
        size: size.default(10e9),
        perAnalyst: whole('expected a number of captures such as 5', { least: 1, most: 1_000_000 }).default(5),
        freeSpace: size.default(5e9),
        search: size.default(100e9),
      },
      'settings such as { duration: 24h, size: 10GB, perAnalyst: 5, freeSpace: 5GB, search: 100GB }',
    ).default({ duration: 24 * 3_600_000, size: 10e9, perAnalyst: 5, freeSpace: 5e9, search: 100e9 }),
    analysts: z
      .array(
        settings(
          {
            name: word('grant'),
            role: z.enum(['viewer', 'analyst', 'lead'], 'expected one of viewer, analyst and lead'),
            slack: oneOrMore('expected a Slack user id such as U024BE7LH, or a list of them'),
            login: oneOrMore('expected a login such as grant, or a list of them'),
          },
          'settings such as { name: grant, role: lead, login: grant }',
        ),
        anAnalystList,
      )
      .min(1, anAnalystList),
    slack: settings(
      {
        team: z.string(aTeam).regex(/^T[A-Z0-9]+$/, aTeam),
        channels: z.array(channelId(), aChannelList).default([]),
        digest: channelId().nullable().default(null),
        groups: settings(
          {
            viewer: groupId().nullable().default(null),
            analyst: groupId().nullable().default(null),
            lead: z.never(noLeads).optional(),
          },
          groupsSuch,
        )
          .refine(({ viewer, analyst }) => (viewer ?? analyst) !== null, `expected ${groupsSuch}`)
          .refine(
            ({ viewer, analyst }) => viewer === null || viewer !== analyst,
            'expected two groups: viewer and analyst are the same',
          )
          .nullable()
          .default(null),
        orders: whole('expected a number of orders a minute such as 30', { least: 1, most: 1_000_000 }).default(30),
        tokens: path('/etc/capture/tokens').nullable().default(null),
      },
      'settings such as { team: T024BE7LD, channels: [C024BE91L] }',
    )
      .nullable()
      .default(null),
    metrics: settings(
      { port: whole('expected a port of 127.0.0.1 such as 9464', { least: 1, most: 65_535 }) },
      'settings such as { port: 9464 }',
    )
      .nullable()
      .default(null),
    reports: settings(
      {
        at: z
          .string(aTime)
          .regex(/^([01]\d|2[0-3]):[0-5]\d$/, aTime)
          .default('08:00'),
        timezone: zone.default('UTC'),
      },
      "settings such as { at: '08:00', timezone: Europe/Berlin }",
    ).default({ at: '08:00', timezone: 'UTC' }),
    approval: settings(
      {
        everything: z.boolean('expected true or false').default(false),
        duration: duration.nullable().default(null),
        size: size.nullable().default(null),
        interfaces: z.array(interfaceName(), anInterfaceList).default([]),
        for: duration.default(30 * 60_000),
      },
      'settings such as { everything: true, duration: 8h, size: 5GB, interfaces: [eth2], for: 30m }',
    )
      .nullable()
      .default(null),
    pins: settings(
      {
        directory: path('/var/lib/capture/pins').nullable().default(null),
        size: size.default(100e9),
        for: duration.default(7 * 86_400_000),
      },
      'settings such as { directory: /var/lib/capture/pins, size: 100GB, for: 7d }',
    ).default({ directory: null, size: 100e9, for: 7 * 86_400_000 }),
    retention: settings(
      { finished: duration.nullable().default(null), keepFree: size.nullable().default(null) },
      'settings such as { finished: 90d, keepFree: 20GB }',
    )
      .nullable()
      .default(null),
    syslog: settings(
      { facility, server: syslogServer.nullable().default(null) },
      'settings such as { facility: local6 }',
    )
      .nullable()
      .default(null),
  },
  'keys and values as in capture.example.yml: sensor, state, captures, interfaces, analysts and so on',
);
