import { ConceptError, invalidInput } from '../../core/errors.ts';
import { shellWord } from '../../core/shell-word.ts';
import type { SubmittedBatch } from '../../sdk/batches.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { awaitBatch } from '../follow/await-batch.ts';
import { hasWorkerFor } from '../follow/work-when-alone.ts';
import { assertFileOptions, type FileSubmitOptions } from '../options/file-options.ts';
import { assertWaitOptions, scheduleFields } from '../options/submit-options.ts';
import { counted } from '../render/counted.ts';
import type { Runtime } from '../runtime-types.ts';
import { batchExitCode } from './batch-tasks.ts';
import { type CheckedRows, checkRows, submissionsOf } from './check-rows.ts';
import { openRows, type RowsFile } from './open-rows.ts';
import { printSubmitted, printWaited, talkSubmitted } from './print-submitted.ts';
import { reportBadRows } from './report-bad-rows.ts';
import type { RowContext } from './row.ts';

/** Of the hash of the rows, in the name of a batch that was given none. */
const NAME_DIGITS = 12;

/** What one run of the command works with. */
interface FileSubmission {
  readonly options: FileSubmitOptions;
  readonly context: CliContext;
  readonly runtime: Runtime;
  readonly rows: RowsFile;
  readonly reading: RowContext;
  readonly signal: AbortSignal;
}

/** Submits a file of rows as one batch, and with `--wait` follows it to its end. */
export async function submitFile(options: FileSubmitOptions, context: CliContext): Promise<ExitCode> {
  assertFileOptions(options);
  assertWaitOptions(options);
  // Work begun for a wait ends with the wait: no grace period, the tasks go straight back in line.
  const config = await context.loadConfig(options.wait ? { graceSeconds: 0 } : {});
  const interruption = context.interruption();
  const { signal } = interruption;
  let rows: RowsFile | undefined;
  try {
    const opened = await openRows({ file: options.file, stdin: context.stdin, signal });
    rows = opened;
    const { folder } = opened;
    const reading = { folder, maxImageBytes: config.maxImageBytes, defaults: scheduleFields(options) };
    return await context.withRuntime(config, (runtime) =>
      checkAndSubmit({ options, context, runtime, rows: opened, reading, signal }),
    );
  } finally {
    await rows?.close();
    interruption.dispose();
  }
}

async function checkAndSubmit(submission: FileSubmission): Promise<ExitCode> {
  const { context, runtime, rows, reading, signal } = submission;
  const check = runtime.client.tasks.check;
  const checked = await checkRows(rows, { check, context: reading, signal }).catch((thrown: unknown) => {
    throw signal.aborted ? interrupted('while checking the rows', 'nothing was sent', thrown) : thrown;
  });
  if (checked.bad > 0) return reportBadRows(checked, context.io);
  if (checked.total === 0) throw invalidInput('--file', 'holds no rows', 'give one JSON object per line');
  const submitted = await submitRows(submission, checked);
  talkSubmitted(submitted, context.io);
  return submission.options.wait ? follow(submission, submitted) : finish(submission, submitted);
}

function submitRows(submission: FileSubmission, { digest, total }: CheckedRows): Promise<SubmittedBatch> {
  const { options, context, runtime, rows, reading, signal } = submission;
  const { batches } = runtime.client;
  const name = options.batch ?? `rows-${digest.slice(0, NAME_DIGITS)}`;
  const derived =
    options.batch === undefined ? ', named after its rows: the same rows again submit what is missing' : '';
  context.io.talk(`submitting ${counted(total, 'row')} as batch ${name}${derived}`);
  const submitting = batches.submit({ name, userId: options.user, rows: submissionsOf(rows, reading) }, { signal });
  return submitting.catch((thrown: unknown) => {
    throw signal.aborted ? interrupted(`while submitting batch ${name}`, 'it submits what is missing', thrown) : thrown;
  });
}

function interrupted(when: string, effect: string, cause: unknown): ConceptError {
  return new ConceptError('ABORTED', `interrupted ${when}`, { hint: `run the same command again: ${effect}`, cause });
}

async function finish({ context, runtime }: FileSubmission, submitted: SubmittedBatch): Promise<ExitCode> {
  const { io } = context;
  printSubmitted(submitted, io);
  io.talk(`follow it with: concept watch --batch ${shellWord(submitted.batch.name)}`);
  if (!(await hasWorkerFor(runtime, 'generation'))) io.talk('no worker is running; start one with: concept work');
  return EXIT.success;
}

async function follow(submission: FileSubmission, submitted: SubmittedBatch): Promise<ExitCode> {
  const { options, context, runtime, signal } = submission;
  const { io } = context;
  const { timeout: timeoutSeconds } = options;
  const batch = await awaitBatch(runtime, submitted.batch, { io, signal, timeoutSeconds, mayWork: runtime.isEmbedded });
  await printWaited({ ...submitted, batch }, runtime, io);
  return batchExitCode(batch, runtime);
}
