import { z } from 'zod';
import { cleanText } from './clean-text.ts';
import { ConceptError } from './errors.ts';
import {
  DEFAULT_GENERATION_PALETTES,
  DEFAULT_REFINEMENT_PALETTES,
  MAX_DESCRIPTION_LENGTH,
  MAX_PALETTES,
  MAX_SEED,
  MIN_PALETTES,
} from './limits.ts';
import type { TaskType } from './task.ts';

const cleaned = z.string().transform(cleanText);

const description = cleaned.pipe(
  z
    .string()
    .min(1, 'must not be empty')
    .max(MAX_DESCRIPTION_LENGTH, `must have at most ${MAX_DESCRIPTION_LENGTH} characters`),
);
const optionalDescription = cleaned.pipe(
  z.string().max(MAX_DESCRIPTION_LENGTH, `must have at most ${MAX_DESCRIPTION_LENGTH} characters`),
);
const paletteCount = z
  .int(`must be a whole number from ${MIN_PALETTES} to ${MAX_PALETTES}`)
  .min(MIN_PALETTES, `must be from ${MIN_PALETTES} to ${MAX_PALETTES}`)
  .max(MAX_PALETTES, `must be from ${MIN_PALETTES} to ${MAX_PALETTES}`);
const minVariations = z
  .int(`must be a whole number from 0 to ${MAX_PALETTES}`)
  .min(0, `must be from 0 to ${MAX_PALETTES}`)
  .max(MAX_PALETTES, `must be from 0 to ${MAX_PALETTES}`)
  // Without a default: an input that leaves it out hashes as it always did.
  .optional();
const seed = z
  .int(`must be a whole number from 0 to ${MAX_SEED}`)
  .min(0, `must be from 0 to ${MAX_SEED}`)
  .max(MAX_SEED, `must be from 0 to ${MAX_SEED}`);

/** Where an image comes from: an existing concept, a public URL, or a blob that was uploaded before. */
const imageSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('concept'), conceptId: z.uuid('must be a concept id') }),
  z.strictObject({
    kind: z.literal('url'),
    url: z.url('must be a URL').max(2_048, 'must have at most 2048 characters'),
  }),
  z.strictObject({ kind: z.literal('blob'), path: z.string().min(1).max(512) }),
]);
export type ImageSource = z.infer<typeof imageSource>;

interface VariationCounts {
  readonly numPalettes: number;
  readonly minVariations?: number | undefined;
}

/** As many variations can be made as are asked for at least. */
function isReachable({ numPalettes, minVariations: least = 0 }: VariationCounts): boolean {
  return least <= numPalettes;
}
const UNREACHABLE = {
  path: ['minVariations'],
  message: 'must not be greater than numPalettes: there is one variation per palette',
};

const generation = z
  .strictObject({
    logoDescription: optionalDescription.default(''),
    themeDescription: description,
    numPalettes: paletteCount.default(DEFAULT_GENERATION_PALETTES),
    /** With fewer variations the task fails, when its attempts are used up; left out, the deployment decides. */
    minVariations,
    seed: seed.default(0),
    /** The user's own picture: the image provider is skipped. */
    image: imageSource.optional(),
  })
  .refine((input) => input.logoDescription !== '' || input.image !== undefined, {
    path: ['logoDescription'],
    message: 'must not be empty unless an image is given',
  })
  .refine(isReachable, UNREACHABLE);

const refinement = z
  .strictObject({
    original: imageSource,
    refinementPrompt: description,
    logoDescription: optionalDescription.default(''),
    themeDescription: optionalDescription.default(''),
    numPalettes: paletteCount.default(DEFAULT_REFINEMENT_PALETTES),
    minVariations,
    seed: seed.default(0),
  })
  .refine(isReachable, UNREACHABLE);

const coloring = z
  .strictObject({
    prompt: optionalDescription.default(''),
    source: imageSource.optional(),
    complexity: z.enum(['simple', 'standard', 'detailed']).default('standard'),
    lineThickness: z.enum(['thin', 'medium', 'thick']).default('medium'),
    paper: z.enum(['A4', 'Letter']).default('A4'),
    title: cleaned.pipe(z.string().max(300, 'must have at most 300 characters')).optional(),
    seed: seed.default(0),
  })
  .refine((input) => (input.prompt !== '') !== (input.source !== undefined), {
    path: ['prompt'],
    message: 'give either a prompt or a source image',
  });

const deviceSize = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"'),
  width: z.int().min(1).max(12_000),
  height: z.int().min(1).max(12_000),
});

const rendition = z.strictObject({
  source: imageSource,
  sizes: z.array(deviceSize).min(1).max(50),
  formats: z
    .array(z.enum(['webp', 'avif', 'jpeg', 'png']))
    .min(1)
    .max(4),
});

const schemas = { generation, refinement, coloring, rendition } as const satisfies Record<TaskType, z.ZodType>;

/** Each task type's input with every default filled in. */
export type TaskInputs = { readonly [T in TaskType]: z.output<(typeof schemas)[T]> };
/** Each task type's input as a caller may write it, defaults left out. */
export type TaskInputDrafts = { readonly [T in TaskType]: z.input<(typeof schemas)[T]> };

/**
 * Validates a task's input and fills in the defaults; control characters are removed from texts.
 * @throws ConceptError INVALID_INPUT naming the first field at fault.
 */
export function parseTaskInput<T extends TaskType>(type: T, draft: unknown): TaskInputs[T] {
  const result = schemas[type].safeParse(draft);
  if (result.success) return result.data as TaskInputs[T];
  const issue = result.error.issues[0];
  const field = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? 'input');
  const problem = issue?.code === 'unrecognized_keys' ? 'unknown field' : (issue?.message ?? 'is invalid');
  throw new ConceptError('INVALID_INPUT', `${field || 'input'}: ${problem}`, { field });
}
