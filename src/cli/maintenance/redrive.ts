import { ConceptError, type ErrorCode, invalidInput } from '../../core/errors.ts';
import type { Task } from '../../core/task.ts';
import type { RetryReport } from '../../sdk/batches.ts';
import type { RedriveOptions } from '../commands/dead/redrive.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Runtime } from '../runtime-types.ts';
import { deadQuery } from './dead-query.ts';
import { talkLeft } from './talk-left.ts';

const PAGE = 1_000;
const UNKNOWN: ErrorCode = 'PROVIDER_OUTCOME_UNKNOWN';

/** `concept dead redrive`: failed tasks by their ids or by filters. */
export async function redrive(ids: readonly string[], options: RedriveOptions, context: CliContext): Promise<ExitCode> {
  assertSelection(ids, options);
  const { io } = context;
  const { dryRun = false } = options;
  const interruption = context.interruption();
  try {
    await context.withRuntime(await context.loadConfig(), async (runtime) => {
      const { signal } = interruption;
      const { changed, left } =
        ids.length > 0 ? await redriveEach(ids, dryRun, runtime) : await redriveAll(options, runtime, signal);
      if (io.mode.json) io.json({ changed, left, dryRun });
      else io.data(`${changed} ${dryRun ? 'would be ' : ''}in line again`);
      talkLeft(left, options, io);
    });
  } finally {
    interruption.dispose();
  }
  return EXIT.success;
}

/** Everything at once is something to ask for by name. */
function assertSelection(ids: readonly string[], { type, code, batch, user, limit, all }: RedriveOptions): void {
  const isFiltered = [type, code, batch, user].some((filter) => filter !== undefined);
  if (ids.length > 0 && (isFiltered || all || limit !== undefined)) {
    throw invalidInput('id', 'ids do not go with --all, --limit or filters', 'give ids, or filters');
  }
  if (ids.length > 0 || isFiltered || all) return;
  throw new ConceptError('INVALID_INPUT', 'nothing is selected', {
    hint: 'give task ids, a filter such as --code PROVIDER_FAILED, or --all',
  });
}

/** All are looked at before the first is started: a mistyped id starts nothing. */
async function redriveEach(ids: readonly string[], dryRun: boolean, { client }: Runtime): Promise<RetryReport> {
  const unique = [...new Set(ids)];
  for (const id of unique) assertFailed(await client.tasks.get(id));
  if (!dryRun) for (const id of unique) await client.tasks.retry(id);
  return { changed: unique.length, left: 0 };
}

function assertFailed({ id, status }: Task): void {
  if (status === 'failed') return;
  throw new ConceptError('INVALID_TRANSITION', `task ${id} is ${status}, not failed`, {
    hint: 'list failed tasks with: concept dead list',
  });
}

async function redriveAll(options: RedriveOptions, runtime: Runtime, signal: AbortSignal): Promise<RetryReport> {
  const { limit: most, dryRun } = options;
  const query = await deadQuery(options, runtime);
  if (!dryRun) return runtime.client.tasks.redrive({ ...query, most }, { signal });
  let [count, left] = [0, 0];
  let cursor: string | undefined;
  do {
    const page = await runtime.client.tasks.list({ ...query, status: 'failed', limit: PAGE, cursor }, { signal });
    const unknown = options.code === undefined ? page.tasks.filter(({ error }) => error?.code === UNKNOWN).length : 0;
    left += unknown;
    count += page.tasks.length - unknown;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { changed: Math.min(count, most ?? count), left };
}
