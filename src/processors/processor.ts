import type { ProcessingTask, TaskType } from '../core/task.ts';
import type { ImageLimits } from '../core/image-limits.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConceptStore } from '../ports/concept-store.ts';
import type { ImageFetcher } from '../ports/image-fetcher.ts';
import type { ImageProvider } from '../ports/image-provider.ts';
import type { PaletteProvider } from '../ports/palette-provider.ts';
import type { TaskResult } from '../ports/task-leases.ts';
import type { StageRunner } from './stage-runner.ts';

/** What processors and their stages work with. */
export interface ProcessorDependencies {
  readonly images: ImageProvider;
  readonly palettes: PaletteProvider;
  readonly blobs: BlobStore;
  readonly concepts: ConceptStore;
  readonly imageFetcher: ImageFetcher;
  readonly imageLimits: ImageLimits;
  readonly clock: Clock;
  /** How many variations a concept needs at least where its task does not say; default 1. */
  readonly minVariations?: number | undefined;
}

export interface ProcessorContext {
  readonly dependencies: ProcessorDependencies;
  /** Runs the stages: with events, timings, progress and checkpoints. */
  readonly stages: StageRunner;
  readonly signal: AbortSignal;
  /** No other attempt will follow by itself: what can be had is had now. */
  readonly isLastAttempt: boolean;
}

/** Turns a claimed task into its result: a readable list of stages. It writes no task state itself. */
export type Processor<T extends TaskType> = (task: ProcessingTask<T>, context: ProcessorContext) => Promise<TaskResult>;
