// Appends entries to an installation's audit log, as fast as it can: audit-writer.ts STATE NAME COUNT
import { openAudit } from '../../src/capture/audit.ts';
import { tokenOf } from '../../src/capture/process.ts';
import { openDatabase } from '../../src/database.ts';
import { actor } from './sensor.ts';

const [state = '', name = '', count = '0'] = process.argv.slice(2);
const database = openDatabase(state);
const audit = openAudit(database, tokenOf(process.pid) ?? '', Date.now);
for (let at = 0; at < Number(count); at += 1) {
  const asked = audit.ask('start', actor(name, 'analyst', `${name} ${at}`));
  audit.settle(asked, 'done', `c${at}`, null);
}
database.close();
