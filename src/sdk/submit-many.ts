import { throwIfAborted } from '../core/abort.ts';
import type { Task } from '../core/task.ts';
import { chunksOf, type Rows } from './chunks.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import { preparedRows } from './prepare-rows.ts';
import { prepareSubmission } from './prepare-submission.ts';
import { recordSubmissions, SUBMIT_CHUNK } from './record-submissions.ts';
import type { Submission } from './submission.ts';

/** See `TasksResource.submitMany`. */
export async function submitMany(
  submissions: Rows<Submission>,
  dependencies: ClientDependencies,
  signal: AbortSignal | undefined,
): Promise<readonly Task[]> {
  const prepared = preparedRows(submissions, (submission) => prepareSubmission(submission, dependencies));
  const tasks: Task[] = [];
  for await (const chunk of chunksOf(prepared, SUBMIT_CHUNK)) {
    throwIfAborted(signal);
    const outcomes = await recordSubmissions(chunk, dependencies, signal);
    for (const { task } of outcomes) tasks.push(task);
  }
  return tasks;
}
