import { setTimeout as pause } from 'node:timers/promises';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Millis } from '../../capture/capture.ts';
import { waitingModal } from '../views/form.ts';

/** A trigger lives 3 s: when this much of it is gone, something is opened that the form takes the place of later. */
const loadingAfter: Millis = 1_000;

/** A modal that is about to open. */
export interface Opening {
  /** Opens the modal, or has it take the place of what was opened meanwhile. */
  show(view: ModalView): Promise<void>;
  /** The same where something was opened already, and nothing otherwise. */
  instead(view: ModalView): Promise<void>;
}

/** Keeps a trigger usable while it is found out what to open. */
export function openingOf(client: WebClient, trigger_id: string): Opening {
  const known = new AbortController();
  const loading = pause(loadingAfter, undefined, { signal: known.signal }).then(
    () => client.views.open({ trigger_id, view: waitingModal('One moment') }).then(({ view }) => view),
    () => undefined,
  );
  // Told to who shows the form.
  loading.catch(() => undefined);
  const replace = async (view: ModalView): Promise<boolean> => {
    known.abort();
    const opened = await loading;
    if (opened?.id === undefined) return false;
    await client.views.update({
      view_id: opened.id,
      ...(opened.hash === undefined ? {} : { hash: opened.hash }),
      view,
    });
    return true;
  };
  return {
    async show(view) {
      if (!(await replace(view))) await client.views.open({ trigger_id, view });
    },
    async instead(view) {
      await replace(view);
    },
  };
}
