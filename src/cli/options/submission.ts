import { invalidInput } from '../../core/errors.ts';
import type { SubmissionOf } from '../../sdk/submission.ts';
import { imageArgument } from './image-argument.ts';
import { commonFields, type SubmitOptions } from './submit-options.ts';

export interface TypedSubmitOptions extends SubmitOptions {
  readonly type?: 'generation' | 'refinement';
  readonly image?: string;
  readonly original?: string;
  readonly prompt?: string;
  /** A file of rows, `-` for standard input. */
  readonly file?: string;
  /** Name of the batch that the rows become. */
  readonly batch?: string;
}

/** Options that belong to one type only. */
const FOREIGN = {
  generation: ['original', 'prompt'],
  refinement: ['image'],
} as const satisfies Record<string, readonly (keyof TypedSubmitOptions)[]>;

const EXAMPLE = 'for example: concept submit --logo "a fox reading" --theme "night blues" --wait';

/**
 * The submission that the options describe.
 * @throws ConceptError INVALID_INPUT, IMAGE_TOO_LARGE naming the flag at fault.
 */
export async function submissionOf(
  options: TypedSubmitOptions,
  maxImageBytes: number,
): Promise<SubmissionOf<'generation'> | SubmissionOf<'refinement'>> {
  const type = options.type ?? 'generation';
  const foreign = FOREIGN[type].find((name) => options[name] !== undefined);
  if (foreign) throw invalidInput(`--${foreign}`, `does not go with --type ${type}`, 'see: concept submit --help');
  return type === 'generation' ? generation(options, maxImageBytes) : refinement(options, maxImageBytes);
}

async function generation(options: TypedSubmitOptions, maxImageBytes: number): Promise<SubmissionOf<'generation'>> {
  const { logo, theme, image } = options;
  if (logo === undefined && image === undefined) throw invalidInput('--logo', 'is missing', EXAMPLE);
  if (theme === undefined) throw invalidInput('--theme', 'is missing', EXAMPLE);
  return {
    type: 'generation',
    ...commonFields(options),
    themeDescription: theme,
    ...(image !== undefined && { image: await imageArgument(image, '--image', maxImageBytes) }),
  };
}

async function refinement(options: TypedSubmitOptions, maxImageBytes: number): Promise<SubmissionOf<'refinement'>> {
  const { original, prompt } = options;
  if (original === undefined) throw invalidInput('--original', 'is missing', 'name a concept id, a file or a URL');
  if (prompt === undefined)
    throw invalidInput('--prompt', 'is missing', 'for example: --prompt "warmer, darker background"');
  return {
    type: 'refinement',
    ...commonFields(options),
    refinementPrompt: prompt,
    original: await imageArgument(original, '--original', maxImageBytes),
  };
}
