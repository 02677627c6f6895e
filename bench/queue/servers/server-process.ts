import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Cleanup } from '../cleanup.ts';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;

export interface ServerProgram {
  readonly command: string;
  readonly parameters: readonly string[];
  readonly options?: SpawnOptions;
  /** It takes connections once its output contains this. */
  readonly readyText: string;
  /** Ends it quickly and in order. */
  readonly stopSignal: NodeJS.Signals;
}

/** Starts a server as a child of this process and registers its end; resolves when it takes connections. */
export async function startServer(program: ServerProgram, cleanup: Cleanup): Promise<void> {
  const { command, parameters, options, readyText, stopSignal } = program;
  // A group of its own: Ctrl-C reaches this process alone, which then ends its servers in order.
  const child = spawn(command, parameters, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const killAtExit = (): void => void child.kill(stopSignal);
  process.once('exit', killAtExit);
  cleanup.add(async () => {
    await stop(child, stopSignal);
    process.off('exit', killAtExit);
  });
  await new Promise<void>((resolve, reject) => {
    let output = '';
    const listen = (chunk: Buffer): void => {
      output = `${output}${chunk.toString()}`.slice(-10_000);
      if (output.includes(readyText)) resolve();
    };
    child.stdout!.on('data', listen);
    child.stderr!.on('data', listen);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${command} ended at its start: ${output}`)));
    setTimeout(() => reject(new Error(`${command} is not ready: ${output}`)), START_LIMIT_MS).unref();
  });
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(force);
}
