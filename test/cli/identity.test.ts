import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const identity = join(import.meta.dirname, '../../src/cli/identity.ts');
/** nobody, and a user that is nobody else, whether the user database knows them or not. */
const [owner, stranger] = [65_534, 65_533];

describe('the login behind sudo', () => {
  let state = '';
  before(() => {
    state = mkdtempSync(join(tmpdir(), 'capture-identity-'));
    chmodSync(state, 0o755);
    chownSync(state, owner, owner);
  });
  after(() => rmSync(state, { recursive: true }));

  test('is believed where root runs capture', () => {
    assert.equal(loginOf(0, state), 'grant');
  });

  test('is believed where the user runs it to whom the registry belongs', () => {
    assert.equal(loginOf(owner, state), 'grant');
  });

  test('is not believed from anybody else, who may have set it themselves', () => {
    assert.notEqual(loginOf(stranger, state), 'grant');
  });

  test('is not believed where there is no registry yet', () => {
    assert.notEqual(loginOf(owner, join(state, 'nothing')), 'grant');
  });
});

/** Who is at the shell, as a process of a user sees it whose environment names grant. */
function loginOf(uid: number, state: string): unknown {
  const program = `const { shellOrigin } = await import(${JSON.stringify(identity)});
    process.setgid(${uid}); process.setuid(${uid});
    console.log(JSON.stringify(shellOrigin(${JSON.stringify(state)}).login));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      env: { ...process.env, SUDO_USER: 'grant' },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
}
