import { invalidInput } from '../core/errors.ts';
import { uuidV7 } from '../core/id.ts';
import { canonicalJson } from '../core/input-hash.ts';
import { parseTaskInput } from '../core/task-input.ts';
import { TASK_TYPES, type NewTask, type TaskType } from '../core/task.ts';
import { assertUserId } from '../core/user-id.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import { checkSettings } from './check-settings.ts';
import { resolveImage, type Upload } from './resolve-image.ts';
import { assertInScope } from './scope.ts';
import { sha256 } from './sha256.ts';
import type { Submission } from './submission.ts';

const IMAGE_FIELDS: Readonly<Record<TaskType, string>> = {
  generation: 'image',
  refinement: 'original',
  coloring: 'source',
  rendition: 'source',
};

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
  if (typeof submission !== 'object' || submission === null) throw invalidInput('submission', 'expected an object');
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
  const image = await resolveImage(argument, { field, userId, dependencies });
  const input = parseTaskInput(type, image ? { ...texts, [field]: image.source } : texts);
  const task: NewTask = {
    id: uuidV7(dependencies.clock.now(), dependencies.clock.randomBytes(10)),
    userId,
    type,
    input,
    priority: settings.priority ?? 0,
    runAt: settings.runAt,
    maxAttempts: settings.maxAttempts ?? dependencies.maxAttempts(type),
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
