/** What a stage does, for a reader who waits for it. */
const STAGE_TEXTS: Readonly<Record<string, string>> = {
  'image-generation': 'drawing the image',
  'image-loading': 'loading the image',
  'image-editing': 'editing the image',
  'image-preparation': 'preparing the image',
  'image-storage': 'storing the image',
  'palette-generation': 'making palettes',
  'variation-creation': 'making variations',
  'concept-storage': 'storing the concept',
};

export function stageText(stage: string): string {
  return STAGE_TEXTS[stage] ?? stage;
}
