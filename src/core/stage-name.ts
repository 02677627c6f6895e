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

export type StageName = (typeof STAGE_NAMES)[number];
