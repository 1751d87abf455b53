import { execa } from 'execa';

/** The name of a user id; the number itself where the user database has none. */
export async function userName(uid: number): Promise<string> {
  return (await entry('passwd', String(uid)))?.split(':')[0] ?? `uid ${uid}`;
}

/** The number of a group; undefined where there is no such group. */
export async function groupNumber(name: string): Promise<number | undefined> {
  const gid = Number((await entry('group', name))?.split(':')[2] ?? Number.NaN);
  return Number.isInteger(gid) ? gid : undefined;
}

async function entry(table: 'passwd' | 'group', key: string): Promise<string | undefined> {
  const { stdout, failed } = await execa('getent', [table, '--', key], { reject: false, timeout: 5_000 });
  return failed || !stdout ? undefined : stdout;
}
