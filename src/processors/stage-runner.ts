import { throwIfAborted } from '../core/abort.ts';
import { ConceptError, toConceptError } from '../core/errors.ts';
import type { StageName } from '../core/stage-name.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClaimedTask, TaskLeases } from '../ports/task-leases.ts';

export interface StageRequest<T> {
  readonly stage: StageName;
  /** Of the whole task, when the stage begins: 0 to 1. */
  readonly fraction: number;
  readonly signal: AbortSignal;
  readonly work: (options: { readonly signal: AbortSignal }) => Promise<T>;
}

export interface StageRunner {
  /** Runs a stage between its `started` and `completed` events; a failure is recorded and names the stage. */
  run<T>(request: StageRequest<T>): Promise<T>;

  /**
   * Like {@link run}, for a stage whose output is JSON: it is written as a checkpoint, and an attempt that finds one from an earlier
   * attempt takes it instead of running the stage again. Bytes that the output names must be stored by then.
   */
  runOnce<T>(request: StageRequest<T>): Promise<T>;

  /** The output of a {@link runOnce} stage that an earlier attempt finished. */
  resumed<T>(stage: StageName): T | undefined;
}

export function createStageRunner(
  { lease, checkpoints }: Pick<ClaimedTask, 'lease' | 'checkpoints'>,
  { leases, clock }: { readonly leases: TaskLeases; readonly clock: Clock },
): StageRunner {
  const finished = new Map<string, unknown>(checkpoints.map(({ stage, data }) => [stage, data]));

  const run = async <T>({ stage, fraction, signal, work }: StageRequest<T>): Promise<T> => {
    throwIfAborted(signal);
    const startedAt = clock.now();
    await leases.record({ lease, events: [{ type: 'stage.started', data: { stage } }], progress: { stage, fraction } });
    try {
      const output = await work({ signal });
      const durationMs = clock.now() - startedAt;
      await leases.record({ lease, events: [{ type: 'stage.completed', data: { stage, durationMs } }] });
      return output;
    } catch (thrown) {
      const error = inStage(thrown, stage);
      // Stopped from outside: nothing failed here.
      if (signal.aborted) throw error;
      const data = { stage, durationMs: clock.now() - startedAt, code: error.code, message: error.message };
      // Best effort: the store may be what failed, and the failure itself is recorded with the task.
      await leases.record({ lease, events: [{ type: 'stage.failed', data }] }).catch(() => undefined);
      throw error;
    }
  };

  return {
    run,
    runOnce: async <T>(request: StageRequest<T>): Promise<T> => {
      const { stage } = request;
      if (finished.has(stage)) return finished.get(stage) as T;
      const output = await run(request);
      await leases.checkpoint({ lease, checkpoint: { stage, data: output } });
      return output;
    },
    resumed: <T>(stage: StageName) => finished.get(stage) as T | undefined,
  };
}

function inStage(thrown: unknown, stage: string): ConceptError {
  const error = toConceptError(thrown);
  if (error.stage !== undefined || error.code === 'LEASE_LOST' || error.code === 'ABORTED') return error;
  const { code, message, hint, retryable, retryAfterMs, field } = error;
  return new ConceptError(code, message, { hint, retryable, retryAfterMs, field, stage, cause: thrown });
}
