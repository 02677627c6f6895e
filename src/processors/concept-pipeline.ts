import { allOrAbort } from '../core/concurrently.ts';
import type { Palette } from '../core/concept.ts';
import type { ProcessingTask } from '../core/task.ts';
import type { PaletteRequest } from '../ports/palette-provider.ts';
import type { TaskResult } from '../ports/task-leases.ts';
import { generatePalettes } from '../stages/palette-generation.ts';
import type { StageOptions } from '../stages/stage.ts';
import { type BaseDetails, type BaseImage, openBase } from './base-image.ts';
import { conceptResult } from './concept-result.ts';
import { makeVariations } from './make-variations.ts';
import type { ProcessorContext } from './processor.ts';

type ConceptTask = ProcessingTask<'generation' | 'refinement'>;

/**
 * The part that generation and refinement share: make the base image (unless an earlier attempt stored it), store it while the
 * palettes are made, create the variations in one pass, store them.
 */
export async function runConceptPipeline(
  task: ConceptTask,
  context: ProcessorContext,
  makeBase: () => Promise<BaseImage>,
): Promise<TaskResult> {
  const { dependencies, signal, isLastAttempt } = context;
  const base = await openBase(task, context, makeBase);
  const [stored, palettes] = await allOrAbort(
    [
      // Goes on when the palettes fail: a stored base image is what the next attempt begins with.
      () => base.store(),
      (stepSignal) => makePalettes(paletteRequestOf(task, base.details), context, stepSignal),
    ],
    signal,
  );
  const made = await makeVariations(palettes, base.variationBase, task, context);
  return conceptResult(task, { base: stored, ...made, isLastAttempt }, dependencies);
}

function makePalettes(
  request: PaletteRequest,
  { dependencies, stages, signal }: ProcessorContext,
  stepSignal: AbortSignal,
): Promise<readonly Palette[]> {
  const { palettes } = dependencies;
  const stage = {
    stage: 'palette-generation',
    fraction: 0.3,
    work: (options: StageOptions) => generatePalettes(request, dependencies, options),
  } as const;
  if (!palettes.flags.paid) return stages.runOnce({ ...stage, signal: stepSignal });
  // Stopped halfway for the failure of another stage, nobody would know whether it was paid for.
  return stages.runPaidOnce({ ...stage, signal, provider: palettes.name });
}

function paletteRequestOf(
  { input }: ConceptTask,
  { logoDescription, themeDescription, scene }: BaseDetails,
): PaletteRequest {
  return {
    logoDescription,
    themeDescription,
    count: input.numPalettes,
    seed: input.seed,
    avoid: scene ? [scene.palette] : [],
  };
}
