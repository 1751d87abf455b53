// Removes two namespaces and what runs in them when stdin ends, that is, when the owner is done or dead.
// Arguments: SENSOR PEER. Already removed by the owner itself: nothing to do.
import { removePair } from '../namespaces.ts';
import { ownerEnded } from './owner-ended.ts';

const [sensor = '', peer = ''] = process.argv.slice(2);
await ownerEnded();
await removePair({ sensor, peer });
