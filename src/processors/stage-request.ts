import type { StageName } from '../core/stage-name.ts';
import type { StageOptions } from '../stages/stage.ts';

export interface StageRequest<T> {
  readonly stage: StageName;
  /** Of the whole task, when the stage begins: 0 to 1. */
  readonly fraction: number;
  /** Of the whole task, when the stage ends: what the stage reports of its progress lies between. Default: `fraction`. */
  readonly untilFraction?: number;
  readonly signal: AbortSignal;
  readonly work: (options: StageOptions) => Promise<T>;
}

/** A stage that calls a provider who is paid for it. What it answers must be kept before anything else happens. */
export interface PaidStageRequest<T, Kept> extends StageRequest<T> {
  /** Who is paid, for messages. */
  readonly provider: string;
  /** What the checkpoint holds of the output, as JSON. Bytes that it names must be stored by the time it resolves. */
  readonly keep: (output: T, options: StageOptions) => Promise<Kept>;
  /** The output again, from what was kept. */
  readonly restore: (kept: Kept, options: StageOptions) => Promise<T>;
}
