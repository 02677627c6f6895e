import type { DatabaseNames } from '../../../../src/adapters/stores/supabase/migration-files.ts';

export const NAMES: DatabaseNames = {
  suffix: '',
  tasks: 'tasks',
  concepts: 'concepts',
  variations: 'color_variations',
  conceptBucket: 'concepts',
  paletteBucket: 'palettes',
};
export const DEV: DatabaseNames = {
  suffix: '_dev',
  tasks: 'tasks_dev',
  concepts: 'concepts_dev',
  variations: 'color_variations_dev',
  conceptBucket: 'concepts-dev',
  paletteBucket: 'palettes-dev',
};
