import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { sparePort } from './spare-port.ts';

/** Google's emulator: real but for what its documentation says; it keeps nothing over a restart. */
export interface PubsubEmulator {
  /** `host:port` */
  readonly host: string;
  /** Ends it and starts it again, empty, on the same port. */
  restart(): Promise<void>;
  /** Ends it without a replacement. */
  kill(): Promise<void>;
  /** Starts it after {@link kill}. */
  start(): Promise<void>;
  /** Has it stop answering, or go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  stop(): Promise<void>;
}

const SCRIPT = 'cloud-pubsub-emulator';
const INSTALLED = ['/usr/lib/google-cloud-sdk', '/usr/share/google-cloud-sdk', '/opt/google-cloud-sdk'];

/** The emulator's start script, or why there is none: then tests skip, telling it; in CI they fail. */
export const EMULATOR: { readonly script: string } | { readonly missing: string } = findEmulator();
if ('missing' in EMULATOR && process.env['CI'] === 'true') throw new Error(EMULATOR.missing);

/** Whether tests that need the emulator are skipped here; tells why. */
export function skipsEmulator(): boolean {
  if (!('missing' in EMULATOR)) return false;
  process.stderr.write(`skipped: ${EMULATOR.missing}\n`);
  return true;
}

function findEmulator(): typeof EMULATOR {
  const chosen = process.env['CONCEPT_TEST_PUBSUB_EMULATOR'];
  const path = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const gcloud = path.map((folder) => join(folder, 'gcloud')).find((file) => existsSync(file));
  const sdks = [...(gcloud ? [dirname(dirname(realpathSync(gcloud)))] : []), ...INSTALLED];
  const candidates = [
    ...(chosen ? [chosen, join(chosen, SCRIPT), join(chosen, 'bin', SCRIPT)] : []),
    ...path.map((folder) => join(folder, SCRIPT)),
    ...sdks.map((sdk) => join(sdk, 'platform', 'pubsub-emulator', 'bin', SCRIPT)),
  ];
  const script = candidates.find((file) => file.endsWith(SCRIPT) && existsSync(file));
  const hasJava = path.some((folder) => existsSync(join(folder, 'java'))) || process.env['JAVA_HOME'] !== undefined;
  if (script && hasJava) return { script };
  return {
    missing:
      'no Pub/Sub emulator: install the package google-cloud-cli-pubsub-emulator and a Java runtime, or set CONCEPT_TEST_PUBSUB_EMULATOR',
  };
}

export async function startPubsubEmulator(): Promise<PubsubEmulator> {
  const { script } = EMULATOR as { readonly script: string };
  const folder = mkdtempSync(join(tmpdir(), 'concept-pubsub-'));
  const port = await sparePort();
  const run = (): Promise<ChildProcess> => startProcess(script, [`--host=127.0.0.1`, `--port=${port}`], folder);
  let child = await run();
  return {
    host: `127.0.0.1:${port}`,
    restart: async () => {
      await end(child);
      child = await run();
    },
    kill: () => end(child),
    start: async () => {
      child = await run();
    },
    signal: (name) => void child.kill(name),
    stop: async () => {
      child.kill('SIGCONT');
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The script becomes the Java process: its pid is the emulator's. */
async function startProcess(script: string, parameters: readonly string[], cwd: string): Promise<ChildProcess> {
  const child = spawn(script, [...parameters], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  // Also when the tests are broken off.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        said = `${said}${text}`.slice(-4_000);
        if (said.includes('Server started')) resolve();
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the Pub/Sub emulator ended with ${code}: ${said}`)));
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
