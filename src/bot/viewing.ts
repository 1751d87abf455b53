import { hostname } from 'node:os';
import type { Capture, Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import type { Config } from '../config.ts';
import type { Messages, Part } from './messages.ts';
import { slackUserOf } from './slack-user.ts';
import { captureView } from './views/capture.ts';
import { failureView, lossView } from './views/direct.ts';
import { endingView } from './views/ending.ts';
import { warningsView } from './views/notice.ts';
import { progressView } from './views/progress.ts';
import { questionView } from './views/question.ts';
import type { View } from './views/view.ts';

export interface ViewingParts {
  readonly engine: Pick<Engine, 'coverage' | 'slackUserNamed'>;
  readonly messages: Pick<Messages, 'find' | 'warnings'>;
  readonly config: Pick<Config, 'limits'>;
}

/** What each of a capture's messages shows. @param about the deadline that a question is about */
export function viewsOf({
  engine,
  messages,
  config,
}: ViewingParts): (capture: Capture, part: Part, now: Millis, about: Millis) => View {
  return (capture, part, now, about) => {
    switch (part) {
      case 'main':
        return captureView(capture, now);
      case 'thread':
        return capture.kind === 'past' && capture.joined === null
          ? progressView(capture, engine.coverage(capture.id), hostname())
          : endingView(capture, hostname());
      case 'warnings':
        return warningsView(capture, messages.warnings(capture.id));
      case 'question':
        return questionView(capture, about, {
          person: slackUserOf([capture.analyst, capture.orderedBy], engine),
          longest: config.limits.duration,
        });
      case 'failure':
        return failureView(capture);
      case 'loss':
      case 'loss report':
        return lossView(capture, messages.find(capture.id, 'main')?.trouble ?? 'unknown');
      default:
        return part satisfies never;
    }
  };
}
