import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Network } from '../network/network.ts';
import type { History } from '../ring/history.ts';
import { type Cast, withCast } from '../workspace/cast.ts';
import { openWorkspace, type Workspace } from '../workspace/workspace.ts';
import { type BotProcess, startBot } from './bot-process.ts';
import { writeConfiguration } from './configuration.ts';
import { loginsOfGrant } from './logins.ts';
import { writeDay, writeOn } from './past.ts';
import { Shell, writeShellCommand } from './shell.ts';

const manifest = fileURLToPath(new URL('../../manifest.yml', import.meta.url));

/** Everything that the demo runs, and where it is. */
export type Stage = {
  network: Network;
  workspace: Workspace;
  cast: Cast;
  history: History;
  shell: Shell;
  places: Places;
  bot(): BotProcess;
  /** Starts the bot again after it has ended. */
  restartBot(): Promise<BotProcess>;
  /** Stops the captures, so that their counts are told; then the bot, the logger, the traffic and the workspace. */
  close(): Promise<void>;
};

/** Files and directories of one run of the demo. */
export type Places = {
  directory: string;
  configuration: string;
  ring: string;
  captures: string;
  registry: string;
  botLog: string;
  /** Runs bin/capture from another terminal. */
  shellCommand: string;
};

export type StageParts = {
  network: Network;
  directory: string;
  environment: NodeJS.ProcessEnv;
  /** What is being done, for whoever waits. */
  say: (words: string) => void;
  /** Gives up between two steps. */
  signal: AbortSignal;
};

/** Starts all of it; what was started is ended again when something later does not start. */
export async function openStage({ network, directory, environment, say, signal }: StageParts): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const places = placesIn(directory);
  await mkdir(places.ring);

  say('writing a day of history into the ring');
  const history = await writeDay(places.ring);
  signal.throwIfAborted();

  say('starting the traffic, and daemonlogger that writes the ring on');
  opened.defer(() => network.traffic.stop());
  await network.traffic.start();
  opened.use(await writeOn(network, places.ring));
  signal.throwIfAborted();

  say('opening the Slack workspace and starting the bot');
  const workspace = await openWorkspace({ manifest: parse(await readFile(manifest, 'utf8')), rateLimits: true });
  opened.defer(() => workspace.close());
  const cast = withCast(workspace);
  const configuration = places.configuration;
  await writeConfiguration({
    ...{ file: configuration, network, cast, team: workspace.teamId, ring: places.ring },
    loginsOfGrant: loginsOfGrant(environment),
  });
  await writeShellCommand(places.shellCommand, network, configuration);
  const start = () => startBot({ configuration, workspace, log: places.botLog, environment });
  let bot = await start();
  opened.defer(async () => void (await bot.stop()));
  const shell = new Shell(configuration);
  opened.defer(() => stopCaptures(shell, say));
  signal.throwIfAborted();

  const closing = opened.move();
  return {
    ...{ network, workspace, cast, history, shell, places },
    bot: () => bot,
    restartBot: async () => {
      bot = await start();
      return bot;
    },
    close: () => closing.disposeAsync(),
  };
}

async function stopCaptures(shell: Shell, say: (words: string) => void): Promise<void> {
  const { code, stdout, stderr } = await shell.run('grant', ['stop', '--all']);
  const nothingRuns = code === 66;
  for (const words of [stdout, nothingRuns ? '' : stderr].join('\n').split('\n').filter(Boolean)) say(words);
}

function placesIn(directory: string): Places {
  return {
    directory,
    configuration: join(directory, 'capture.yml'),
    ring: join(directory, 'ring'),
    captures: join(directory, 'captures'),
    registry: join(directory, 'state', 'registry.sqlite'),
    botLog: join(directory, 'bot.log'),
    shellCommand: join(directory, 'capture'),
  };
}
