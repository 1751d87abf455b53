import type { Desk } from '../desk.ts';
import type { Installation } from '../views/form.ts';

/** What of the sensor a form lets one choose from. */
export function installationOf({ config }: Pick<Desk, 'config'>): Installation {
  return { interfaces: config.interfaces, rings: config.rings.map(({ name }) => name) };
}
