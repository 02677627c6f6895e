import type { StageName } from '../../core/stage-name.ts';
import { printable } from './printable.ts';

/** What a stage does, for a reader who waits for it. */
const STAGE_TEXTS = {
  'image-loading': 'loading the image',
  'image-generation': 'drawing the image',
  'image-editing': 'editing the image',
  'original-preparation': 'preparing the original',
  'image-preparation': 'preparing the image',
  'image-storage': 'storing the image',
  'palette-generation': 'making palettes',
  'variation-creation': 'making variations',
  'concept-storage': 'storing the concept',
} as const satisfies Record<StageName, string>;

/** A stage that only another version knows is told by its name. */
export function stageText(stage: string): string {
  return Object.hasOwn(STAGE_TEXTS, stage) ? STAGE_TEXTS[stage as StageName] : printable(stage);
}
