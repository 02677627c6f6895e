import { createHash } from 'node:crypto';
import { blobPathOf } from '../core/blob-path.ts';
import { ConceptError, invalidInput } from '../core/errors.ts';
import { uuidV7 } from '../core/id.ts';
import { canonicalJson } from '../core/input-hash.ts';
import { type ImageSource, parseTaskInput } from '../core/task-input.ts';
import { TASK_TYPES, type NewTask, type TaskType } from '../core/task.ts';
import { assertUserId } from '../core/user-id.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import { assertInScope } from './scope.ts';
import type { ImageArgument, Submission, SubmitSettings } from './submission.ts';

const IMAGE_FIELDS: Readonly<Record<TaskType, string>> = {
  generation: 'image',
  refinement: 'original',
  coloring: 'source',
  rendition: 'source',
};
/** All uploads of a user share one folder: the same picture sent twice is stored once. */
const UPLOAD_FOLDER = 'uploads';
const MAX_KEY_LENGTH = 200;
const MAX_PRIORITY = 100;
const MAX_ATTEMPTS_LIMIT = 20;

/** An upload that belongs to a submission and is not stored yet. */
interface Upload {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface PreparedSubmission {
  readonly task: NewTask;
  readonly upload: Upload | undefined;
}

/**
 * Checks a submission completely and turns it into a task record, without writing anything.
 * @throws ConceptError INVALID_INPUT, IMAGE_* naming the field at fault.
 */
export async function prepareSubmission(
  submission: Submission,
  dependencies: ClientDependencies,
): Promise<PreparedSubmission> {
  const {
    type,
    userId = dependencies.defaultUserId,
    idempotencyKey,
    priority,
    runAt,
    maxAttempts,
    ...draft
  } = submission;
  assertSupported(type, dependencies.supportedTypes);
  assertUserId(userId);
  assertInScope(userId, dependencies.onlyUserId);
  const settings = checkSettings({ idempotencyKey, priority, runAt, maxAttempts });
  const field = IMAGE_FIELDS[type];
  const { [field]: argument, ...texts } = draft as Record<string, unknown>;
  const image = await resolveImage(argument as ImageArgument | undefined, { field, userId, dependencies });
  const input = parseTaskInput(type, image ? { ...texts, [field]: image.source } : texts);
  const task: NewTask = {
    id: uuidV7(dependencies.clock.now(), dependencies.clock.randomBytes(10)),
    userId,
    type,
    input,
    priority: settings.priority ?? 0,
    runAt: settings.runAt,
    maxAttempts: settings.maxAttempts ?? dependencies.maxAttempts,
    idempotencyKey: settings.idempotencyKey,
    inputHash: sha256(canonicalJson({ type, input })),
  };
  return { task, upload: image?.upload };
}

function assertSupported(type: TaskType, supported: readonly TaskType[]): void {
  if (supported.includes(type)) return;
  const known = (TASK_TYPES as readonly string[]).includes(type);
  const problem = known ? `"${type}" tasks are not processed by this version` : `unknown type ${JSON.stringify(type)}`;
  throw invalidInput('type', problem, `use one of: ${supported.join(', ')}`);
}

function checkSettings(settings: SubmitSettings): SubmitSettings {
  const { idempotencyKey, priority, runAt, maxAttempts } = settings;
  if (idempotencyKey !== undefined && (idempotencyKey.length === 0 || idempotencyKey.length > MAX_KEY_LENGTH)) {
    throw invalidInput('idempotencyKey', `must have 1 to ${MAX_KEY_LENGTH} characters`);
  }
  assertWhole('priority', priority, -MAX_PRIORITY, MAX_PRIORITY);
  assertWhole('maxAttempts', maxAttempts, 1, MAX_ATTEMPTS_LIMIT);
  if (runAt === undefined) return settings;
  const time = Date.parse(runAt);
  if (Number.isNaN(time)) throw invalidInput('runAt', 'must be an ISO 8601 time', 'for example 2030-01-31T09:00:00Z');
  return { ...settings, runAt: new Date(time).toISOString() };
}

function assertWhole(field: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw invalidInput(field, `must be a whole number from ${least} to ${most}`);
}

interface ImageContext {
  readonly field: string;
  readonly userId: string;
  readonly dependencies: ClientDependencies;
}

async function resolveImage(
  argument: ImageArgument | undefined,
  context: ImageContext,
): Promise<{ source: ImageSource; upload: Upload | undefined } | undefined> {
  if (argument === undefined) return undefined;
  if ('bytes' in argument) return resolveUpload(argument.bytes, context);
  if ('url' in argument) {
    await context.dependencies.checkImageUrl(argument.url).catch((thrown: unknown) => {
      throw inField(thrown, context.field);
    });
    return { source: { kind: 'url', url: argument.url }, upload: undefined };
  }
  await assertConceptExists(argument.conceptId, context);
  return { source: { kind: 'concept', conceptId: argument.conceptId }, upload: undefined };
}

async function resolveUpload(
  bytes: Uint8Array,
  { field, userId, dependencies }: ImageContext,
): Promise<{ source: ImageSource; upload: Upload }> {
  const { contentType } = await dependencies.imageInspector.inspect(bytes).catch((thrown: unknown) => {
    throw inField(thrown, field);
  });
  const path = blobPathOf(userId, UPLOAD_FOLDER, sha256(bytes), contentType);
  return { source: { kind: 'blob', path }, upload: { path, bytes } };
}

function inField(thrown: unknown, field: string): unknown {
  if (!ConceptError.isInstance(thrown)) return thrown;
  return new ConceptError(thrown.code, `${field}: ${thrown.message}`, { cause: thrown, field, hint: thrown.hint });
}

async function assertConceptExists(conceptId: string, { field, userId, dependencies }: ImageContext): Promise<void> {
  const concept = await dependencies.store.concepts.get(conceptId, { userId });
  if (concept) return;
  throw new ConceptError('CONCEPT_NOT_FOUND', `${field}: there is no concept ${conceptId} of user ${userId}`, {
    field,
    hint: 'list finished concepts with: concept list --status completed',
  });
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
