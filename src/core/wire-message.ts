import { ConceptError } from './errors.ts';
import { isUuid } from './id.ts';
import { type ImageSource, parseTaskInput } from './task-input.ts';
import { TASK_TYPES, type TaskType, WIRE_NAMES } from './task.ts';
import { assertUserId } from './user-id.ts';

/** A task as its message tells it: enough to claim it, and to work on a row that has no input. */
export interface WireTask {
  readonly taskId: string;
  readonly userId: string;
  readonly type: TaskType;
  readonly input: unknown;
}

export interface WireMessage {
  /** JSON, snake_case and flat, as deployed publishers and workers speak it. */
  readonly data: Buffer;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What came of a message: a task, or what is wrong with it. The id is there wherever it can be read. */
export interface ReadMessage {
  readonly taskId: string | null;
  readonly task: WireTask | null;
  /** One line. */
  readonly problem: string | null;
}

const SCHEMA_VERSION = '1';

type Fields = Readonly<Record<string, unknown>>;
/** Own name to wire name, of the fields that say more than their names turned to snake_case would. */
const WIRE_FIELDS: Readonly<Record<string, string>> = { paper: 'paper_size' };
/** Fields that hold an image: a URL has a flat field of its own, everything else travels as it is. */
const URL_FIELDS: Readonly<Record<string, string>> = { original: 'original_image_url', source: 'source_image_url' };
const OWN_FIELDS = {
  generation: ['logoDescription', 'themeDescription', 'numPalettes', 'minVariations', 'seed', 'image'],
  refinement: [
    'original',
    'refinementPrompt',
    'logoDescription',
    'themeDescription',
    'numPalettes',
    'minVariations',
    'seed',
  ],
  coloring: ['prompt', 'source', 'complexity', 'lineThickness', 'paper', 'title', 'seed'],
  rendition: ['source', 'sizes', 'formats'],
} as const satisfies Record<TaskType, readonly string[]>;
/** Older publishers write these as texts. */
const NUMBERS = new Set(['numPalettes', 'minVariations', 'seed']);

export function toWireMessage({ taskId, userId, type, input }: WireTask): WireMessage {
  const fields = Object.entries(input as Fields).map(([name, value]) => wireField(name, value));
  const document = { task_id: taskId, user_id: userId, task_type: WIRE_NAMES[type], ...Object.fromEntries(fields) };
  return {
    data: Buffer.from(JSON.stringify(document)),
    attributes: { task_type: WIRE_NAMES[type], schema_version: SCHEMA_VERSION, task_id: taskId },
  };
}

function wireField(name: string, value: unknown): readonly [string, unknown] {
  const urlField = URL_FIELDS[name];
  const source = value as ImageSource | undefined;
  if (urlField !== undefined && source?.kind === 'url') return [urlField, source.url];
  return [wireName(name), value];
}

function wireName(name: string): string {
  return WIRE_FIELDS[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Unknown fields are ignored, and so are attributes but for the type and the id, where the data do not tell them. */
export function readWireMessage(data: Uint8Array, attributes: Readonly<Record<string, string>> = {}): ReadMessage {
  let taskId: string | null = null;
  try {
    const document = documentOf(data);
    taskId = idOf(document['task_id'] ?? attributes['task_id']);
    const userId = document['user_id'] as string;
    assertUserId(userId, 'user_id');
    const type = typeOf(document, attributes);
    return { taskId, task: { taskId, userId, type, input: inputOf(type, document) }, problem: null };
  } catch (thrown) {
    if (!ConceptError.isInstance(thrown)) throw thrown;
    return { taskId, task: null, problem: thrown.message };
  }
}

function documentOf(data: Uint8Array): Fields {
  try {
    const document: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document as Fields;
  } catch {
    // Told below.
  }
  throw problem('data', 'not a JSON object');
}

function idOf(id: unknown): string {
  if (typeof id === 'string' && isUuid(id)) return id.toLowerCase();
  throw problem('task_id', 'expected a UUID');
}

/** Publishers from before there were several types name none. */
function typeOf(document: Fields, attributes: Readonly<Record<string, string>>): TaskType {
  const name = document['task_type'] ?? attributes['task_type'];
  if (name === undefined || name === null) {
    return document['refinement_prompt'] === undefined ? 'generation' : 'refinement';
  }
  const type = TASK_TYPES.find((candidate) => WIRE_NAMES[candidate] === name);
  if (type) return type;
  throw problem('task_type', `unknown type ${JSON.stringify(name).slice(0, 80)}`);
}

function inputOf(type: TaskType, document: Fields): unknown {
  const draft: Record<string, unknown> = {};
  for (const name of OWN_FIELDS[type]) {
    const value = valueOf(name, document);
    if (value !== undefined && value !== null) draft[name] = value;
  }
  try {
    return parseTaskInput(type, draft);
  } catch (thrown) {
    throw inWireNames(thrown, document);
  }
}

/** Whoever reads the problem knows the message, not our names of its fields. */
function inWireNames(thrown: unknown, document: Fields): unknown {
  if (!ConceptError.isInstance(thrown) || !thrown.field) return thrown;
  const [own = '', ...rest] = thrown.field.split('.');
  const urlField = URL_FIELDS[own];
  const isUrl = urlField !== undefined && document[wireName(own)] === undefined;
  const field = isUrl ? urlField : [wireName(own), ...rest].join('.');
  return problem(field, thrown.message.slice(thrown.field.length + 2));
}

function valueOf(name: string, document: Fields): unknown {
  const value = document[wireName(name)];
  const urlField = URL_FIELDS[name];
  const url = urlField === undefined ? undefined : document[urlField];
  if ((value === undefined || value === null) && typeof url === 'string') return { kind: 'url', url };
  const isNumber = NUMBERS.has(name) && typeof value === 'string' && /^\d{1,15}$/.test(value.trim());
  return isNumber ? Number(value) : value;
}

function problem(field: string, text: string): ConceptError {
  return new ConceptError('INVALID_INPUT', `${field}: ${text}`, { field });
}
