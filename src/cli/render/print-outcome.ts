import type { TaskOutcome } from '../../sdk/wait.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { imageFiles } from '../image-files.ts';
import type { Io } from '../io.ts';
import type { Runtime } from '../runtime-types.ts';
import { taskJson } from '../task-json.ts';
import { conceptLines } from './concept-lines.ts';
import { paint } from './paint.ts';
import { duration } from './time.ts';

type Outcome = TaskOutcome<'generation' | 'refinement'>;

/** Prints what a finished task made and where its files are; with `out` they are saved there first. */
export async function printOutcome(
  { task, concept }: Outcome,
  { runtime, io, out }: { readonly runtime: Runtime; readonly io: Io; readonly out?: string | undefined },
): Promise<ExitCode> {
  const { concepts } = runtime.client;
  const files = out === undefined ? await imageFiles(runtime, concept.id) : await concepts.download(concept.id, out);
  if (io.mode.json) io.json({ task: taskJson(task), concept, files });
  else {
    talkDone(task, io);
    for (const line of await conceptLines(concept, files, io.stdout)) io.data(line);
  }
  return task.partial ? EXIT.partial : EXIT.success;
}

function talkDone({ startedAt, completedAt, partial }: Outcome['task'], { stderr, talk }: Io): void {
  const { green, yellow } = paint(stderr.colourLevel);
  const took = startedAt === null ? '' : ` in ${duration(Date.parse(completedAt) - Date.parse(startedAt))}`;
  if (partial) talk(`completed${took}, some variations are missing`, yellow);
  else talk(`completed${took}`, green);
}
