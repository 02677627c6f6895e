/** Every stage a task can go through, as events, checkpoints and errors name it. */
export const STAGE_NAMES = [
  'image-loading',
  'image-generation',
  'image-editing',
  'original-preparation',
  'image-preparation',
  'image-storage',
  'palette-generation',
  'variation-creation',
  'concept-storage',
] as const;

/** A checkpoint whose stage begins like this records that a paid call of the stage was about to be made. */
export const INTENT_PREFIX = 'intent:';

export type StageName = (typeof STAGE_NAMES)[number];
