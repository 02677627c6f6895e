import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DriverChoice, Place } from '../driver.ts';

export interface WorkerOrder {
  readonly driver: DriverChoice;
  readonly place: Place;
  readonly concurrency: number;
}

/** What a worker process says. */
export type WorkerReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'working' }
  /** Handlers run since the last report, and when the very first one of this process began. */
  | { readonly kind: 'ran'; readonly count: number; readonly firstUs: number; readonly starts: readonly HandlerStart[] }
  | { readonly kind: 'cpu'; readonly percent: number };

export interface HandlerStart {
  readonly seed: number;
  readonly atUs: number;
}

/** What a worker process is told. */
export type WorkerCommand = { readonly kind: 'work' } | { readonly kind: 'measure-idle'; readonly seconds: number };

export interface WorkerProcess {
  /** Starts the worker; resolves when it says that it is at work. */
  work(): Promise<void>;
  /** CPU time of the process over the next seconds, in percent of one core. */
  idleCpuPercent(seconds: number): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a worker in a process of its own, with everything loaded but nothing claimed yet. */
export async function startWorker(
  order: WorkerOrder,
  onRan: (report: Extract<WorkerReport, { readonly kind: 'ran' }>) => void,
): Promise<WorkerProcess> {
  const child = fork(join(import.meta.dirname, 'worker.mjs'), [JSON.stringify(order)]);
  child.on('message', (report: WorkerReport) => report.kind === 'ran' && onRan(report));
  let isStopping = false;
  // Nothing else would end the measurement: its tasks are never done.
  child.once('exit', () => {
    if (isStopping) return;
    process.stderr.write('a worker process ended early\n');
    process.exit(1);
  });
  await nextReport(child, 'ready');
  return {
    work: async () => {
      tell(child, { kind: 'work' });
      await nextReport(child, 'working');
    },
    idleCpuPercent: async (seconds) => {
      tell(child, { kind: 'measure-idle', seconds });
      return (await nextReport(child, 'cpu')).percent;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      isStopping = true;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function tell(child: ChildProcess, command: WorkerCommand): void {
  child.send(command);
}

function nextReport<Kind extends WorkerReport['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<WorkerReport, { readonly kind: Kind }>> {
  return new Promise((resolve) => {
    const listen = (report: WorkerReport): void => {
      if (report.kind !== kind) return;
      child.off('message', listen);
      resolve(report as Extract<WorkerReport, { readonly kind: Kind }>);
    };
    child.on('message', listen);
  });
}
