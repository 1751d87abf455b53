import { userInfo } from 'node:os';

/** The logins of grant in the demo: whoever runs it is grant at the shell, through sudo or not. */
export function loginsOfGrant(environment: NodeJS.ProcessEnv): string[] {
  const own = [environment.SUDO_USER, ownLogin()].flatMap((login) => login || []);
  // A login belongs to one analyst only: somebody whose own is will stays will.
  return [...new Set(['grant', ...own])].filter((login) => login !== 'will' && login !== 'maria');
}

function ownLogin(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined; // a user id without an entry in the user database
  }
}
