/** Longest description, in characters: well past any real brief, short enough for every provider's prompt. */
export const MAX_DESCRIPTION_LENGTH = 2_000;
export const MIN_PALETTES = 1;
export const MAX_PALETTES = 20;
/** How many variations a concept needs at least, when neither the task nor the deployment says. */
export const DEFAULT_MIN_VARIATIONS = 1;
export const DEFAULT_GENERATION_PALETTES = 7;
export const DEFAULT_REFINEMENT_PALETTES = 4;
/** Seeds are unsigned 32-bit: what the seeded generators take. */
export const MAX_SEED = 2 ** 32 - 1;
/** Attempts per task before it fails for good. */
export const DEFAULT_MAX_ATTEMPTS = 3;
/** Most attempts that a task may be given. */
export const MAX_ATTEMPTS = 20;
/** Priorities go from minus this to plus this. */
export const MAX_PRIORITY = 100;
