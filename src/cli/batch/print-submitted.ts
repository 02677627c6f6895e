import type { TaskStatus } from '../../core/task.ts';
import type { SubmittedBatch } from '../../sdk/batches.ts';
import type { Io } from '../io.ts';
import { batchProgressText } from '../render/batch-lines.ts';
import { counted } from '../render/counted.ts';
import type { Runtime } from '../runtime-types.ts';
import { batchJson } from './batch-json.ts';
import { tasksOf } from './batch-tasks.ts';

/** Per write: one of all rows would fill the memory, and a pipe takes few writes more easily than very many. */
const ROWS_AT_ONCE = 1_000;

export function talkSubmitted({ batch, created, tasks }: SubmittedBatch, io: Io): void {
  const known = tasks.length - created;
  const before = known > 0 ? `, ${known} ${known === 1 ? 'was' : 'were'} submitted before` : '';
  const are = created === 1 || tasks.length === 1 ? 'is' : 'are';
  io.talk(`batch ${batch.name}: ${created} of ${counted(tasks.length, 'task')} ${are} new${before}`);
}

/** With `--json` batch and tasks in one document, else an id a line. */
export function printSubmitted({ batch, created, tasks }: SubmittedBatch, io: Io): void {
  const { json } = io.mode;
  if (json) io.stdout.write(`{"batch":${JSON.stringify({ ...batchJson(batch), created })},"tasks":[`);
  for (let start = 0; start < tasks.length; start += ROWS_AT_ONCE) {
    const some = tasks.slice(start, start + ROWS_AT_ONCE);
    if (json) io.stdout.write(`${start > 0 ? ',' : ''}${JSON.stringify(some).slice(1, -1)}`);
    else io.data(some.map(({ id }) => id).join('\n'));
  }
  if (json) io.stdout.write(']}\n');
}

/** The same, with the states in which the tasks have ended. */
export async function printWaited(submitted: SubmittedBatch, runtime: Runtime, io: Io): Promise<void> {
  const statuses = new Map<string, TaskStatus>();
  for await (const { id, status } of tasksOf(runtime, submitted.batch.id)) statuses.set(id, status);
  const tasks = submitted.tasks.map(({ id, status }) => ({ id, status: statuses.get(id) ?? status }));
  printSubmitted({ ...submitted, tasks }, io);
  io.talk(batchProgressText(submitted.batch, { perSecond: null, leftMs: null }));
}
