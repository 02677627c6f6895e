import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PostgresPrograms } from './find-postgres.ts';

export interface PostgresServer {
  readonly port: number;
  readonly programs: PostgresPrograms;
  urlOf(user: string, database: string): string;
  /** Ends it at once, as a crash of the machine's process would, and starts it again on the same data and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Who runs it when this process is root, as whom Postgres refuses to run. */
const OTHER_USERS = ['postgres', 'nobody'];
const SETTINGS = [
  'fsync=off',
  'full_page_writes=off',
  'max_connections=120',
  'shared_buffers=64MB',
  'log_checkpoints=off',
];

export async function startPostgresServer(programs: PostgresPrograms): Promise<PostgresServer> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'concept-postgres-'));
  chmodSync(folder, 0o711);
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const owner = userToRunAs();
  if (owner) chownSync(data, owner.uid, owner.gid);
  // Its messages in English: readiness is read from them.
  const options = { ...owner, cwd: data, env: { PATH: process.env['PATH'], LC_ALL: 'C', HOME: data } };
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  execFileSync(programs.initdb, initdb, { ...options, stdio: 'pipe' });
  const port = await sparePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...SETTINGS];
  const parameters = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  // The server of the same version as the cluster.
  const command = join(dirname(programs.initdb), 'postgres');
  const start = (): Promise<ChildProcess> => startProcess(command, parameters, options);
  let child = await start();
  return {
    port,
    programs,
    urlOf: (user, database) => `postgresql://${user}@127.0.0.1:${port}/${database}`,
    restart: async () => {
      await end(child);
      child = await start();
    },
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startProcess(command: string, parameters: readonly string[], options: object): Promise<ChildProcess> {
  const child = spawn(command, [...parameters], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      said = `${said}${text}`.slice(-4_000);
      if (text.includes('ready to accept connections')) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${said}`)));
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGQUIT');
  await exited;
}

export async function sparePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function userToRunAs(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const entry = OTHER_USERS.map((name) => entries.find(([candidate]) => candidate === name)).find(Boolean);
  if (!entry) throw new Error(`Postgres does not run as root, and there is no user ${OTHER_USERS.join(' or ')}`);
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}
