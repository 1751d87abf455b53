import type { ActionsBlock, Button } from '@slack/types';
import { type Capture, may } from '../../capture/capture.ts';
import { line } from './text.ts';
import { actions, plain } from './view.ts';

/** The buttons' action_ids; each carries the capture's id as its value. */
export const buttonIds = { stop: 'capture_stop', cancel: 'capture_cancel', details: 'capture_details' } as const;

/** What can be done to a capture now: Stop or Cancel while its state allows it, Details always. */
export function buttonsFor(capture: Capture): ActionsBlock {
  const details: Button = {
    type: 'button',
    action_id: buttonIds.details,
    value: capture.id,
    text: plain('Details', 75),
  };
  if (!may.stop(capture)) return actions(details);
  return actions(capture.kind === 'live' ? stopButton(capture) : cancelButton(capture), details);
}

function stopButton(capture: Capture): Button {
  return {
    type: 'button',
    action_id: buttonIds.stop,
    value: capture.id,
    text: plain('Stop', 75),
    style: 'danger',
    confirm: {
      title: plain(`Stop ${capture.id}?`, 100),
      text: plain(`${line(capture.description, 200)}\nIts savefile is kept. It cannot be continued.`, 300),
      confirm: plain('Stop', 30),
      deny: plain('Let it run', 30),
      style: 'danger',
    },
  };
}

function cancelButton(capture: Capture): Button {
  const isJoined = capture.joined !== null;
  return {
    type: 'button',
    action_id: buttonIds.cancel,
    value: capture.id,
    text: plain('Cancel', 75),
    confirm: {
      title: plain(`Cancel the ${isJoined ? 'joining' : 'search'} ${capture.id}?`, 100),
      text: plain(
        `${line(capture.description, 200)}\n${isJoined ? 'What it is joined of is' : 'What it found so far is'} kept.`,
        300,
      ),
      confirm: plain(`Cancel the ${isJoined ? 'joining' : 'search'}`, 30),
      deny: plain('Go on', 30),
      style: 'danger',
    },
  };
}
