import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Figures, Order } from './measures/order.ts';

/** Filling a backlog of a million rows takes its time; nothing takes that long. */
const LIMIT_MS = 600_000;

/** Runs one measurement under the given Node. @throws Error when it fails; its process and workers are gone then. */
export function runOrder(order: Order, execPath: string, signal: AbortSignal): Promise<Figures> {
  return new Promise((resolve, reject) => {
    let figures: Figures | undefined;
    let stderr = '';
    // Workers end when their channel to the measuring process closes, so killing that one is enough.
    const child = fork(join(import.meta.dirname, 'measure.mjs'), [], {
      execPath,
      execArgv: [],
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr!.on('data', (chunk: Buffer) => (stderr = `${stderr}${chunk.toString()}`.slice(-2_000)));
    child.on('message', (message) => (figures = message as Figures));
    child.once('error', reject);
    child.once('close', () =>
      figures ? resolve(figures) : reject(new Error(stderr.trim() || 'it ended without figures')),
    );
    child.send(order);
  });
}
