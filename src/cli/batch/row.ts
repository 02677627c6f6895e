import { resolve } from 'node:path';
import { ConceptError, invalidInput } from '../../core/errors.ts';
import { isUuid } from '../../core/id.ts';
import { SUPPORTED_TYPES, type SupportedType } from '../../core/supported-types.ts';
import type { Submission } from '../../sdk/submission.ts';
import { imageArgument, isUrl } from '../options/image-argument.ts';
import { respell } from '../options/respell.ts';

/** What a row is read with. */
export interface RowContext {
  /** Where relative paths begin. */
  readonly folder: string;
  readonly maxImageBytes: number;
  /** Fields of the submission that rows may override. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** Fields of every row by their names in the SDK. */
const COMMON = {
  type: 'type',
  logo: 'logoDescription',
  theme: 'themeDescription',
  palettes: 'numPalettes',
  minVariations: 'minVariations',
  seed: 'seed',
  idempotencyKey: 'idempotencyKey',
  priority: 'priority',
  runAt: 'runAt',
  maxAttempts: 'maxAttempts',
} as const;

type Fields = Readonly<Record<string, string>>;

const FIELDS = {
  generation: { ...COMMON, image: 'image' },
  refinement: { ...COMMON, original: 'original', prompt: 'refinementPrompt' },
} as const satisfies Record<SupportedType, Fields>;

const NEEDED = {
  generation: ['theme'],
  refinement: ['original', 'prompt'],
} as const satisfies Record<SupportedType, readonly string[]>;

const IMAGE_FIELD = { generation: 'image', refinement: 'original' } as const satisfies Record<SupportedType, string>;

/** Fields of rows by those of the SDK. */
const ROW_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(FIELDS).flatMap((fields) => Object.entries(fields).map(([name, sdkName]) => [sdkName, name])),
);

/**
 * A line's submission; the file of an image that it names is read. Fields that are null count as left out.
 * @throws ConceptError INVALID_INPUT, IMAGE_TOO_LARGE naming the row's field
 */
export async function submissionOfRow(text: string, context: RowContext): Promise<Submission> {
  const row = rowOf(text);
  const type = typeOf(row['type']);
  const fields: Fields = FIELDS[type];
  const unknown = Object.keys(row).find((name) => !Object.hasOwn(fields, name));
  // Without the error's field: a name of the SDK is none of a row's, and is told as it was written.
  if (unknown !== undefined) throw new ConceptError('INVALID_INPUT', `${unknown}: ${unknownText(fields)}`);
  const missing = NEEDED[type].find((name) => row[name] === undefined);
  if (missing !== undefined) throw invalidInput(missing, 'is missing');
  const named = Object.entries(row).map(([name, value]) => [fields[name]!, value] as const);
  const imageField = IMAGE_FIELD[type];
  const image = row[imageField];
  const submission = { ...context.defaults, ...Object.fromEntries(named), type };
  if (image === undefined) return submission as unknown as Submission;
  return { ...submission, [imageField]: await imageOf(image, imageField, context) } as unknown as Submission;
}

/** An error of the SDK with its field, and others that it names, spelled as the row spells them. */
export function inRowSpelling({ message, field }: ConceptError): string {
  return field !== undefined && message.startsWith(`${field}:`) ? respell(message, ROW_NAMES) : message;
}

function unknownText(fields: Fields): string {
  return `unknown field; known are ${Object.keys(fields).join(', ')}`;
}

function rowOf(text: string): Readonly<Record<string, unknown>> {
  // A file that is one JSON document is an easy mistake.
  if (text.startsWith('[')) throw new ConceptError('INVALID_INPUT', 'begins an array; rows are objects, one a line');
  const value = parse(text);
  if (typeof value !== 'object' || value === null) {
    throw new ConceptError('INVALID_INPUT', 'is not a JSON object');
  }
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new ConceptError('INVALID_INPUT', 'is not valid JSON', { cause: thrown });
  }
}

function typeOf(value: unknown = 'generation'): SupportedType {
  const type = SUPPORTED_TYPES.find((candidate) => candidate === value);
  if (type !== undefined) return type;
  throw invalidInput('type', `expected one of ${SUPPORTED_TYPES.join(', ')}, received ${JSON.stringify(value)}`);
}

function imageOf(given: unknown, field: string, { folder, maxImageBytes }: RowContext) {
  if (typeof given !== 'string' || given === '') {
    throw invalidInput(field, 'expected a concept id, a URL or the path of a file');
  }
  const isPath = !isUrl(given) && !isUuid(given);
  return imageArgument(isPath ? resolve(folder, given) : given, field, maxImageBytes);
}
