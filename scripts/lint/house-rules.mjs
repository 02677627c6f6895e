// Lint rules that know the house plan. Loaded by oxlint (see .oxlintrc.json); plain JavaScript because Node 20 loads it as it is.
import { importBoundaries } from './import-boundaries.mjs';
import { reasonedDisable } from './reasoned-disable.mjs';

// oxlint reads a plugin's default export.
export default {
  meta: { name: 'house' },
  rules: { 'import-boundaries': importBoundaries, 'reasoned-disable': reasonedDisable },
};
