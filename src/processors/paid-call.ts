import { abortError, delay } from '../core/abort.ts';
import { ConceptError, type ErrorCode, toConceptError } from '../core/errors.ts';
import { backoffMs } from '../core/retry.ts';
import { INTENT_PREFIX } from '../core/checkpoint-intent.ts';
import type { Clock } from '../ports/clock.ts';
import type { StageOptions } from '../stages/stage.ts';
import type { PaidStageRequest } from './stage-request.ts';

export interface PaidCallRecords {
  readonly taskId: string;
  /** What an earlier attempt left under a checkpoint's name. */
  readonly find: (stage: string) => unknown;
  /** Writes a checkpoint. */
  readonly save: (stage: string, data: unknown) => Promise<void>;
  readonly clock: Clock;
}

interface Intent {
  readonly state: 'open' | 'closed';
  readonly provider: string;
}

/** Storing what was bought does not stop with the attempt, only with a blob store that hangs. */
const KEEP_TIMEOUT_MS = 10_000;
/** Tries to keep what was bought: a moment without the store must not cost money. */
const KEEP_TRIES = 4;

/** After these nobody can tell whether the provider did the work: it was stopped, went silent, or answered nonsense. */
const UNKNOWN_OUTCOME: ReadonlySet<ErrorCode> = new Set(['ABORTED', 'TIMEOUT', 'LEASE_LOST', 'INTERNAL']);

/**
 * Makes a call that costs money, at most once: the intent is recorded before it, its output is kept and the stage's checkpoint written
 * before anything else happens. An intent of an earlier attempt without either means that nobody knows whether the call was charged.
 * @throws PROVIDER_OUTCOME_UNKNOWN instead of calling again.
 */
export async function makePaidCall<T, Kept>(
  request: PaidStageRequest<T, Kept>,
  options: StageOptions,
  records: PaidCallRecords,
): Promise<T> {
  const { stage, provider, keep } = request;
  const { save, find } = records;
  const intent = `${INTENT_PREFIX}${stage}`;
  if ((find(intent) as Intent | undefined)?.state === 'open') throw outcomeUnknown(request, records);
  const note = (state: Intent['state']): Promise<void> => save(intent, { state, provider } satisfies Intent);
  const insist = <Result>(work: () => Promise<Result>): Promise<Result> =>
    tryAgain(work, options.signal, records.clock);

  await note('open');
  // An intent that could not be closed errs on the safe side.
  const output = await call(request, options, () => insist(() => note('closed')).catch(() => undefined));
  const kept = await insist(() => keep(output, { signal: AbortSignal.timeout(KEEP_TIMEOUT_MS) }));
  await insist(() => save(stage, kept));
  return output;
}

/** Calls the provider; `close` takes the intent back where it is certain that nothing was bought. */
async function call<T>(
  { work }: { readonly work: (options: StageOptions) => Promise<T> },
  options: StageOptions,
  close: () => Promise<void>,
): Promise<T> {
  const { signal } = options;
  if (signal.aborted) {
    await close();
    throw abortError(signal);
  }
  try {
    return await work(options);
  } catch (thrown) {
    if (!signal.aborted && !UNKNOWN_OUTCOME.has(toConceptError(thrown).code)) await close();
    throw thrown;
  }
}

async function tryAgain<T>(work: () => Promise<T>, signal: AbortSignal, clock: Clock): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (thrown) {
      if (!toConceptError(thrown).retryable || tries === KEEP_TRIES || signal.aborted) throw thrown;
      await delay(backoffMs(tries, clock.random(), { baseMs: 100, capMs: 2_000 }), signal);
    }
  }
}

function outcomeUnknown(
  { stage, provider }: Pick<PaidStageRequest<unknown, unknown>, 'stage' | 'provider'>,
  { taskId }: PaidCallRecords,
): ConceptError {
  const message = `an earlier attempt called ${provider} for ${stage} and left no outcome: the call may have been paid for`;
  const hint = `\`concept retry ${taskId}\` buys it again`;
  return new ConceptError('PROVIDER_OUTCOME_UNKNOWN', message, { stage, hint });
}
