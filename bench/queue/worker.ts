// A worker process of the queue benchmark: see measures/worker-process.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Payload } from './driver.ts';
import { createDriver } from './drivers/create-driver.ts';
import { nowUs } from './measures/clock.ts';
import type { HandlerStart, WorkerCommand, WorkerOrder, WorkerReport } from './measures/worker-process.ts';

/** Rarely enough to cost the worker nothing; a slow reporter would only look like a slower queue at the very end. */
const REPORT_MS = 5;

const { driver: choice, place, concurrency } = JSON.parse(process.argv[2]!) as WorkerOrder;
const driver = await createDriver(choice, place);

let ran = 0;
let firstUs = 0;
let starts: HandlerStart[] = [];
let reporting: NodeJS.Timeout | undefined;

const handler = async ({ seed }: Payload): Promise<void> => {
  const atUs = nowUs();
  if (ran === 0 && firstUs === 0) firstUs = atUs;
  ran += 1;
  starts.push({ seed, atUs });
  reporting ??= setTimeout(report, REPORT_MS);
};

function report(): void {
  reporting = undefined;
  say({ kind: 'ran', count: ran, firstUs, starts: starts.length > MOST_STARTS ? [] : starts });
  ran = 0;
  starts = [];
}

/** Single starts are of interest while an idle worker is woken up, not while a backlog is drained. */
const MOST_STARTS = 4;

function say(message: WorkerReport): void {
  process.send!(message);
}

process.on('disconnect', () => process.exit(0));
process.on('message', async (command: WorkerCommand) => {
  if (command.kind === 'work') {
    await driver.work({ concurrency, handler });
    say({ kind: 'working' });
    return;
  }
  const before = process.cpuUsage();
  await sleep(command.seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  say({ kind: 'cpu', percent: (user + system) / (command.seconds * 1e4) });
});
say({ kind: 'ready' });
