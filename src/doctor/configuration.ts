import { existsSync, statSync } from 'node:fs';
import type { CaptureError } from '../capture/errors.ts';
import { quoteWord } from '../command/words.ts';
import type { Config } from '../config.ts';
import { userName } from './account.ts';
import { broken, type Finding, ok, warning } from './finding.ts';

const check = 'configuration';

/** An installation's own is closed to everybody but root and capture. */
const notSeen =
  'Make one; or, where /etc/capture/capture.yml is there and this user may not see it, use the installed command, which runs by sudo (deploy/README.md)';

/** What is wrong with the configuration, every mistake of it. */
export function checkMistakes(file: string, error: CaptureError): Finding[] {
  return [
    broken(
      check,
      error.message,
      `${existsSync(file) ? `Correct ${file}` : notSeen}; capture.example.yml shows every key. Checks that need the configuration are left out.`,
    ),
  ];
}

/** Who may change the configuration: it says who leads. And whether there are leads enough for what it asks of them. */
export async function checkConfiguration(config: Config): Promise<Finding[]> {
  return [...(await checkFile(config)), ...checkLeads(config)];
}

function checkLeads({ approval, analysts }: Config): Finding[] {
  const leads = analysts.filter(({ role }) => role === 'lead').map(({ name }) => name);
  if (approval === null || leads.length > 1) return [];
  const words =
    leads.length === 0
      ? 'no lead is there to approve what waits for a second person (approval)'
      : `${leads.join()} is the only lead: nobody can approve what ${leads.join()} asks for (approval)`;
  return [warning('approval', words, 'Name another lead in "analysts".')];
}

async function checkFile({ file, sensor }: Config): Promise<Finding[]> {
  const { mode, uid } = statSync(file);
  const owner = await userName(uid);
  const found = `${file} of ${sensor}, owned by ${owner}`;
  if ((mode & 0o002) !== 0) {
    return [broken(check, `${found}: everybody may write it and make themselves a lead`, 'Close it.', closing(file))];
  }
  if ((mode & 0o020) !== 0) {
    return [warning(check, `${found}: its group may write it and make themselves leads`, 'Close it.', closing(file))];
  }
  return [ok(check, found)];
}

function closing(file: string): string {
  return `chmod go-w ${quoteWord(file)}`;
}
