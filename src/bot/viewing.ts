import { hostname } from 'node:os';
import { mayRole } from '../capture/analyst.ts';
import type { Capture, Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import type { Config } from '../config.ts';
import type { Messages, Part } from './messages.ts';
import { slackUserOf } from './slack-user.ts';
import { extensionOf } from './views/buttons.ts';
import { captureView } from './views/capture.ts';
import { failureView, lossView } from './views/direct.ts';
import { endingView } from './views/ending.ts';
import { warningsView } from './views/notice.ts';
import { progressView } from './views/progress.ts';
import { type Asked, questionView } from './views/question.ts';
import type { View } from './views/view.ts';

export interface ViewingParts {
  readonly engine: Pick<Engine, 'coverage' | 'slackUserNamed'>;
  readonly messages: Pick<Messages, 'find' | 'warnings'>;
  readonly config: Pick<Config, 'limits' | 'approval' | 'analysts'>;
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
        return questionView(capture, about, askedAbout(capture, about, { engine, config }));
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

/** Who is asked before a deadline: whose capture it is, or, where only a second person may extend it, who approved it. */
function askedAbout(capture: Capture, about: Millis, { engine, config }: Omit<ViewingParts, 'messages'>): Asked {
  const { approvedBy, analyst, orderedBy, startedAt } = capture;
  const { approval, limits, analysts } = config;
  const wanted = about + extensionOf(capture, about) - startedAt;
  if (approvedBy === null && wanted <= (approval?.duration ?? Number.MAX_SAFE_INTEGER))
    return { person: slackUserOf([analyst, orderedBy], engine), longest: limits.duration, second: false };
  const approver = analysts.find((each) => each.name === approvedBy && mayRole.approve(each));
  return { person: approver?.slack[0] ?? null, longest: limits.duration, second: true };
}
