import { type Channel, channelOf } from '../workspace/channels.ts';
import type { ActOutcome } from '../workspace/people/person.ts';
import type { User } from '../workspace/users.ts';
import { type Button, Buttons } from './screen/buttons.ts';
import { feed } from './screen/feed.ts';
import type { Shown } from './screen/messages.ts';
import type { Screen } from './screen/screen.ts';
import type { Stage } from './stage.ts';

/** The people that one can be in the demo. */
export const people = ['grant', 'will', 'maria', 'guest', 'stranger'] as const;

/** Where somebody sits in the workspace: who they are, which channel they look at, and what they see there as it happens. */
export class Seat {
  readonly shown: Shown;
  readonly #stage: Stage;
  #user: User;
  #channel: Channel;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.shown = { workspace: stage.workspace, buttons: new Buttons() };
    this.#user = stage.cast.grant;
    this.#channel = stage.cast.soc;
  }

  get user(): User {
    return this.#user;
  }

  get channel(): Channel {
    return this.#channel;
  }

  get prompt(): string {
    return `${this.#user.name} ${this.#channel.kind === 'dm' ? 'dm' : `#${this.#channel.name}`}> `;
  }

  /** Prints what this person sees from now on; the returned function ends it. */
  look(screen: Screen): () => void {
    return this.#stage.workspace.watch((change) => screen.print(...feed(change, this, this.shown)));
  }

  /** Becomes somebody else: in the same channel, or in one that they are in. #partners is only for who is nowhere else. */
  become(name: (typeof people)[number]): void {
    this.#user = this.#stage.cast[name];
    const { soc, partners } = this.#stage.cast;
    const isHere = this.#channel.kind !== 'dm' && this.#channel.members.has(this.#user.id);
    if (isHere && this.#channel !== partners) return;
    this.#channel = soc.members.has(this.#user.id) ? soc : partners;
  }

  /** Looks at another channel, or with `dm` at the app's own direct message; gives why not where it cannot be. */
  goTo(name: string): string | undefined {
    const { workspace } = this.#stage;
    if (name === 'dm') {
      this.#channel = workspace.dmWith(this.#user);
      return undefined;
    }
    const mine = [...workspace.state.channels.values()].filter(
      ({ kind, members }) => kind !== 'dm' && members.has(this.#user.id),
    );
    const found = mine.find((each) => each.name === name.replace(/^#/, ''));
    if (!found) return `${this.#user.name} is in ${mine.map((each) => `#${each.name}`).join(', ')} and dm`;
    this.#channel = channelOf(workspace.state, found);
    return undefined;
  }

  /** Types a slash command; what comes of it is seen in the feed. */
  async type(line: string): Promise<void> {
    await this.#stage.workspace.as(this.#user).types(line, this.#channel);
  }

  /** Writes a message to the app, in the channel or in a thread of it. */
  async mention(line: string, threadTs: string | undefined): Promise<void> {
    await this.#stage.workspace.as(this.#user).mentions(line, this.#channel, threadTs);
  }

  async press({ on, actionId }: Button): Promise<ActOutcome> {
    return this.#stage.workspace.as(this.#user).clicks(on, actionId);
  }
}
