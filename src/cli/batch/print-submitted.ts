import type { TaskStatus } from '../../core/task.ts';
import type { SubmittedBatch } from '../../sdk/batches.ts';
import type { Io } from '../io.ts';
import { batchProgressText } from '../render/batch-lines.ts';
import type { Runtime } from '../runtime-types.ts';
import { batchJson } from './batch-json.ts';
import { tasksOf } from './batch-tasks.ts';

/** Lines per write: a pipe takes few large writes more easily than very many small ones. */
const LINES_AT_ONCE = 1_000;

export function talkSubmitted({ batch, created, tasks }: SubmittedBatch, io: Io): void {
  const known = tasks.length - created;
  const before = known > 0 ? `, ${known} were submitted before` : '';
  io.talk(`batch ${batch.name}: ${created} of ${tasks.length} tasks are new${before}`);
}

/** With `--json` batch and tasks in one document, else an id a line. */
export function printSubmitted({ batch, created, tasks }: SubmittedBatch, io: Io): void {
  if (io.mode.json) {
    io.json({ batch: { ...batchJson(batch), created }, tasks });
    return;
  }
  for (let start = 0; start < tasks.length; start += LINES_AT_ONCE) {
    const lines = tasks.slice(start, start + LINES_AT_ONCE).map(({ id }) => id);
    io.data(lines.join('\n'));
  }
}

/** The same, with the states in which the tasks have ended. */
export async function printWaited(submitted: SubmittedBatch, runtime: Runtime, io: Io): Promise<void> {
  const statuses = new Map<string, TaskStatus>();
  for await (const { id, status } of tasksOf(runtime, submitted.batch.id)) statuses.set(id, status);
  const tasks = submitted.tasks.map(({ id, status }) => ({ id, status: statuses.get(id) ?? status }));
  printSubmitted({ ...submitted, tasks }, io);
  io.talk(batchProgressText(submitted.batch, { perSecond: null, leftMs: null }));
}
