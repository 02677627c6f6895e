import { readFileSync } from 'node:fs';

/** Who runs Postgres when this process is root, as whom it refuses to run. */
const OTHER_USERS = ['postgres', 'nobody'];

/** Undefined: this process's own user can. */
export function userToRunAs(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const entry = OTHER_USERS.map((name) => entries.find(([candidate]) => candidate === name)).find(Boolean);
  if (!entry) throw new Error(`Postgres does not run as root, and there is no user ${OTHER_USERS.join(' or ')}`);
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}
