import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { userToRunAs } from '../../../test/support/postgres/user-to-run-as.ts';
import { sparePort } from '../../../test/support/spare-port.ts';
import type { Cleanup } from '../cleanup.ts';
import { findProgram } from './find-program.ts';
import { startServer } from './server-process.ts';

/** A fresh cluster with the defaults of its version; null when Postgres is not installed. @returns its port */
export async function startPostgres(directory: string, cleanup: Cleanup): Promise<number | null> {
  const initdb = findProgram('initdb');
  if (!initdb) return null;
  const data = join(directory, 'postgres');
  const user = userToRunAs();
  mkdirSync(data, { mode: 0o700 });
  if (user) chownSync(data, user.uid, user.gid);
  // Its messages in English: readiness is read from them.
  const options = { ...user, cwd: data, env: { PATH: process.env['PATH'], LC_ALL: 'C', HOME: data } };
  execFileSync(initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'], { ...options, stdio: 'pipe' });
  const port = await sparePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=on', 'synchronous_commit=on'];
  const parameters = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  // The server of the same version as the cluster.
  const command = join(dirname(initdb), 'postgres');
  const readyText = 'ready to accept connections';
  await startServer({ command, parameters, options, readyText, stopSignal: 'SIGINT' }, cleanup);
  return port;
}
