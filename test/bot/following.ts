import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Database } from 'better-sqlite3';
import { withCast } from '../../sandbox/workspace/cast.ts';
import { openWorkspace } from '../../sandbox/workspace/workspace.ts';
import { capturesInSlack } from '../../src/bot/capture-messages.ts';
import { slackClients } from '../../src/bot/clients.ts';
import { Follow } from '../../src/bot/follow.ts';
import { slackLog } from '../../src/bot/log.ts';
import { openMessages, type Part } from '../../src/bot/messages.ts';
import { requestsInSlack } from '../../src/bot/request-messages.ts';
import type { View } from '../../src/bot/views/view.ts';
import type { Capture } from '../../src/capture/capture.ts';
import { registry, requests } from './registry.ts';
import { botDatabase, keptLog, manifest } from './sample.ts';

export interface Following {
  /** What the workspace makes of the app. */
  readonly withManifest?: unknown;
  readonly newBlocks?: boolean;
  readonly viewOf: (capture: Capture, part: Part) => View;
  readonly database?: Database;
}

/** A workspace, a registry, and a follower between them that can be stopped and another started; `later` moves the bot's clock. */
export async function following(
  t: TestContext,
  { withManifest = manifest, newBlocks = true, viewOf, database = botDatabase() }: Following,
) {
  const workspace = await openWorkspace({ manifest: withManifest, newBlocks });
  const cast = withCast(workspace);
  const captures = registry();
  const asked = requests();
  const messages = openMessages(database);
  const { log, lines } = keptLog();
  const secrets = { botToken: workspace.botToken, appToken: workspace.appToken, apiUrl: workspace.apiUrl };
  const slack = slackClients(secrets, slackLog(log)).progress;
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const placesOf = () => ({ person: null, digest: null });
  const doubts: unknown[] = [];
  const running: Follow[] = [];
  const follow = () => {
    const follower = new Follow({
      subjects: [
        capturesInSlack({ engine: captures, messages, viewOf, placesOf, now }),
        requestsInSlack({ engine: asked, messages, firstChannel: cast.soc.id, digest: cast.digest.id, now }),
      ],
      messages,
      slack,
      doubt: (error) => void doubts.push(error),
      log,
      now,
    });
    running.push(follower);
    follower.run().catch((error: unknown) => assert.fail(String(error)));
    return follower;
  };
  t.after(async () => {
    await Promise.all(running.map((follower) => follower.close(AbortSignal.abort())));
    await workspace.close();
  });
  const later = (ms: number) => {
    ahead += ms;
  };
  const textsIn = (channel: string) => workspace.messagesIn(channel).map(({ text }) => text);
  const { id: channel } = cast.soc;
  return { workspace, ...cast, channel, captures, asked, messages, slack, lines, doubts, follow, later, now, textsIn };
}
