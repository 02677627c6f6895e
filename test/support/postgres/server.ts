import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresPrograms } from './find-postgres.ts';
import { sparePort } from '../spare-port.ts';
import { isOpenToAll, usablePrograms } from './usable-programs.ts';
import { userToRunAs } from './user-to-run-as.ts';

/** How to reach a server, as it can be told to another process. */
export interface PostgresAddress {
  readonly kind: PostgresPrograms['kind'];
  readonly port: number;
  readonly password: string;
}

export interface PostgresServer extends PostgresAddress {
  /** Where its data and socket lie. */
  readonly folder: string;
  /** Ends it at once, as a crash of the process would, and starts it again on the same data and port. */
  restart(): Promise<void>;
  /** Nothing of it is left. */
  stop(): Promise<void>;
}

export interface PostgresServerOptions {
  /** Default false: what a power cut does to the disk is not waited for, and the data lie in memory where there is some. */
  readonly fsync?: boolean;
}

const SETTINGS = ['max_connections=150', 'shared_buffers=64MB', 'max_wal_size=256MB', 'log_checkpoints=off'];
const WITHOUT_DISK = ['fsync=off', 'full_page_writes=off'];
const MEMORY = '/dev/shm';
const MEMORY_NEEDED_BYTES = 2 ** 30;

/**
 * Lives no longer than whoever started it: the end of its standard input, which comes even when that process is killed, ends the
 * server and removes its folder; the word `keep` leaves the folder. A server that has just been started does not hear its signal.
 */
const KEEPER = `
"$@" </dev/null >/dev/null & pid=$!
exec 2>/dev/null
echo $pid
read -r word
while kill -QUIT $pid; do sleep 0.05; done
[ "$word" = keep ] || rm -rf -- "$CONCEPT_TEST_FOLDER"`;

/** A server of its own on a loopback port. */
export async function startPostgresServer(
  found: PostgresPrograms,
  { fsync = false }: PostgresServerOptions = {},
): Promise<PostgresServer> {
  const owner = userToRunAs();
  const folder = mkdtempSync(join(roomFor({ fsync, runAsOther: owner !== undefined }), 'concept-postgres-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const programs = usablePrograms(found, folder, owner !== undefined);
    // With the programs copied into it: only their owner can remove them again.
    if (owner) execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, folder]);
    // Its messages in English: readiness is read from them.
    const env = { PATH: process.env['PATH'], LC_ALL: 'C', HOME: folder, CONCEPT_TEST_FOLDER: folder };
    const options = { ...owner, cwd: folder, env };
    const password = randomBytes(16).toString('hex');
    const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, ...SETTINGS];
    if (!fsync) settings.push(...WITHOUT_DISK);
    const command = [programs.postgres, '-D', initialise(programs, folder, password, options)];
    command.push(...settings.flatMap((setting) => ['-c', setting]));
    const { port, ...first } = await startOnSparePort(command, options);
    let { keeper } = first;
    return {
      kind: programs.kind,
      folder,
      port,
      password,
      restart: async () => {
        await end(keeper, 'keep\n');
        keeper = await startKept([...command, '-p', String(port)], options);
      },
      stop: async () => {
        await end(keeper, '');
        remove();
      },
    };
  } catch (thrown) {
    remove();
    throw thrown;
  }
}

const PORT_TRIES = 3;

/** Between the look for a port and its use somebody else may take it. */
async function startOnSparePort(
  command: readonly string[],
  options: RunOptions,
): Promise<{ readonly port: number; readonly keeper: ChildProcess }> {
  for (let tries = 1; ; tries++) {
    const port = await sparePort();
    try {
      return { port, keeper: await startKept([...command, '-p', String(port)], options) };
    } catch (thrown) {
      if (tries === PORT_TRIES || !/could not create any TCP/.test(String(thrown))) throw thrown;
    }
  }
}

interface RunOptions {
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

function initialise(programs: PostgresPrograms, folder: string, password: string, options: RunOptions): string {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (options.uid !== undefined) for (const path of [data, passwordFile]) chownSync(path, options.uid, options.gid!);
  // md5: the others spend milliseconds on each of many connections, and this server lives for a minute.
  const login = ['-U', 'postgres', '-A', 'md5', `--pwfile=${passwordFile}`];
  execFileSync(programs.initdb, ['-D', data, ...login, '-E', 'UTF8', '--no-sync'], { ...options, stdio: 'pipe' });
  return data;
}

async function startKept(command: readonly string[], options: RunOptions): Promise<ChildProcess> {
  // Apart from this process's group, so that an interrupt at the terminal does not reach it before its folder can be removed.
  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'keeper', ...command], { ...options, detached: true, stdio: 'pipe' });
  keeper.stdin.on('error', () => undefined);
  keeper.stdout.resume();
  let said = '';
  await new Promise<void>((resolve, reject) => {
    keeper.stderr.setEncoding('utf8');
    keeper.stderr.on('data', (text: string) => {
      said = `${said}${text}`.slice(-4_000);
      if (said.includes('ready to accept connections')) resolve();
    });
    // The keeper has let go of it: it closes with the server.
    keeper.stderr.once('end', () => reject(new Error(`postgres ended: ${said}`)));
    keeper.once('error', reject);
  }).catch(async (thrown: unknown) => {
    await end(keeper, 'keep\n');
    throw thrown;
  });
  // Who forgets to stop it can end all the same.
  keeper.unref();
  for (const stream of [keeper.stdin, keeper.stdout, keeper.stderr]) (stream as unknown as Socket).unref();
  return keeper;
}

async function end(keeper: ChildProcess, word: string): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  keeper.ref();
  const exited = once(keeper, 'exit');
  keeper.stdin!.end(word);
  await exited;
}

/** Copying databases is most of the work of these tests, and 20 times faster in memory. */
function roomFor({ fsync, runAsOther }: { readonly fsync: boolean; readonly runAsOther: boolean }): string {
  if (!fsync && freeBytes(MEMORY) > MEMORY_NEEDED_BYTES) return MEMORY;
  const room = realpathSync(tmpdir());
  return runAsOther && !isOpenToAll(room) ? '/tmp' : room;
}

function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
