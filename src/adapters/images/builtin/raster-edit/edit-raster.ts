import { ConceptError } from '../../../../core/errors.ts';
import type { Raster } from '../../../../imaging/raster.ts';
import { adjustEdit } from './adjust-edit.ts';
import { backgroundEdit } from './background-edit.ts';
import type { Edit } from './edit.ts';
import { invertEdit } from './invert-edit.ts';
import { replaceEdit } from './replace-edit.ts';
import { schemeEdit } from './scheme-edit.ts';
import { splitClauses } from './split-clauses.ts';

export interface RasterEdit {
  readonly raster: Raster;
  /** Clauses of the prompt, verbatim, that changed the image. */
  readonly applied: readonly string[];
  /** Clauses that ask for what cannot be done to pixels alone, or for a colour that the image does not have. */
  readonly ignored: readonly string[];
}

// The more particular comes first: "black background" is not a colour scheme, "black and white" is no list of colours.
const EDITS: readonly Edit[] = [invertEdit, adjustEdit, replaceEdit, backgroundEdit, schemeEdit];

/**
 * Changes an image without a scene as far as colours go, clause by clause, each on the result of the one before.
 * @throws UNSUPPORTED_EDIT when no clause could be applied.
 */
export function editRaster(raster: Raster, prompt: string): RasterEdit {
  const applied: string[] = [];
  const ignored: string[] = [];
  let current = raster;
  for (const clause of splitClauses(prompt)) {
    const edited = applyClause(current, clause);
    (edited === null ? ignored : applied).push(clause);
    current = edited ?? current;
  }
  if (applied.length === 0) throw unsupported(prompt);
  return { raster: current, applied, ignored };
}

function applyClause(raster: Raster, clause: string): Raster | null {
  for (const edit of EDITS) {
    const edited = edit(raster, clause);
    if (edited !== null) return edited;
  }
  return null;
}

function unsupported(prompt: string): ConceptError {
  const shown = prompt.length > 80 ? `${prompt.slice(0, 77)}...` : prompt;
  return new ConceptError('UNSUPPORTED_EDIT', `nothing in "${shown}" can be done to an image without a scene`, {
    field: 'prompt',
    hint:
      'Only its colours can be changed: name colours ("blue and gold", "replace red with teal", "white background") or say ' +
      'lighter, darker, warmer, cooler, more contrast, muted, pastel, vivid, sepia, greyscale or dark mode.',
  });
}
