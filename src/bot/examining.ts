import { type Actor, mayRole } from '../capture/analyst.ts';
import { examineBeside } from '../doctor/beside.ts';
import type { Desk } from './desk.ts';
import { doctorView } from './views/doctor.ts';
import type { View } from './views/view.ts';

/**
 * What is wrong with the installation, found beside what the bot does meanwhile; not in the audit log, as in a shell.
 * @throws CaptureError `not_allowed` for who is no lead, once that is in the audit log: it names paths of the sensor
 */
export async function examined(actor: Actor, { engine, config, closing, now }: Desk): Promise<View> {
  if (!mayRole.examine(actor.analyst)) {
    const order = { ...actor, verb: 'doctor', analyst: actor.analyst.name };
    return engine.refuse(order, 'doctor names paths of the sensor and is for leads: ask one');
  }
  return doctorView(await examineBeside(config, now(), closing));
}
