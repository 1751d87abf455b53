import type { Ephemeral, Message } from '../../workspace/messages.ts';
import { type Block, objectIn, objectsIn, textIn, type Wire } from '../../workspace/wire.ts';

/** A button on the screen. Its number stays its own, so that an older one can still be pressed. */
export type Button = {
  number: number;
  label: string;
  actionId: string;
  on: Message | Ephemeral;
  /** What Slack asks before it passes the click on. */
  confirm: { title: string; text: string; yes: string; no: string } | undefined;
};

/** The buttons shown so far, numbered in the order in which they came. */
export class Buttons {
  readonly #shown: Button[] = [];

  /** The message's blocks as they are to be shown: each button with its number before its label. */
  numbered(on: Message | Ephemeral): Block[] {
    return on.blocks.map((block) =>
      block.type === 'actions'
        ? { ...block, elements: objectsIn(block, 'elements').map((element) => this.#withNumber(element, on)) }
        : block,
    );
  }

  /** The button of that number, or the one shown last whose label begins like that. */
  find(named: string): Button | undefined {
    if (/^\d+$/.test(named)) return this.#shown.find(({ number }) => number === Number(named));
    return this.#shown.findLast(({ label }) => label.toLowerCase().startsWith(named.toLowerCase()));
  }

  #withNumber(element: Wire, on: Message | Ephemeral): Wire {
    if (element.type !== 'button') return element;
    const label = textIn(objectIn(element, 'text'), 'text') ?? '';
    const { number } = this.#known(element, label, on);
    return { ...element, text: { ...objectIn(element, 'text'), text: `${number} ${label}` } };
  }

  #known(element: Wire, label: string, on: Message | Ephemeral): Button {
    const actionId = textIn(element, 'action_id') ?? '';
    const before = this.#shown.find((button) => button.on === on && button.actionId === actionId);
    if (before) return before;
    const button = { number: this.#shown.length + 1, label, actionId, on, confirm: confirmOf(element) };
    this.#shown.push(button);
    return button;
  }
}

function confirmOf(element: Wire): Button['confirm'] {
  const confirm = objectIn(element, 'confirm');
  const words = (key: string) => textIn(objectIn(confirm, key), 'text') ?? '';
  if (Object.keys(confirm).length === 0) return undefined;
  return { title: words('title'), text: words('text'), yes: words('confirm'), no: words('deny') };
}
