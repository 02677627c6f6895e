import type { TaskType } from './task.ts';

/** Task types that have a processor; the others are part of the vocabulary and refused at submit. */
export const SUPPORTED_TYPES = ['generation', 'refinement'] as const satisfies readonly TaskType[];
export type SupportedType = (typeof SUPPORTED_TYPES)[number];
