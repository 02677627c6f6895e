import { createHash } from 'node:crypto';
import { blobPathOf } from '../../src/core/blob-path.ts';
import { type Concept, conceptIdOf, type Palette, type StoredImage } from '../../src/core/concept.ts';
import { uuidV7 } from '../../src/core/id.ts';
import { canonicalJson } from '../../src/core/input-hash.ts';
import { DEFAULT_MAX_ATTEMPTS } from '../../src/core/limits.ts';
import type { NewTask, Task, TaskError } from '../../src/core/task.ts';
import type { TaskInputs } from '../../src/core/task-input.ts';
import type { Clock } from '../../src/ports/clock.ts';

let counter = 0;

/** Ids made one after the other sort in that order, also within one millisecond (up to 4,096 of them). */
export function newTaskId(clock: Clock): string {
  counter = (counter + 1) % 4_096;
  const random = clock.randomBytes(10);
  random[0] = counter >> 8;
  random[1] = counter & 0xff;
  return uuidV7(clock.now(), random);
}

export function generationInput(overrides: Partial<TaskInputs['generation']> = {}): TaskInputs['generation'] {
  return {
    logoDescription: 'A cute panda eating bamboo',
    themeDescription: 'Minimalist, green and white',
    numPalettes: 3,
    seed: 7,
    ...overrides,
  };
}

export function refinementInput(): TaskInputs['refinement'] {
  return {
    original: { kind: 'url', url: 'https://images.example/panda.png' },
    refinementPrompt: 'make it warmer',
    logoDescription: '',
    themeDescription: '',
    numPalettes: 4,
    seed: 0,
  };
}

/** A valid task of user `u1`, a generation unless told otherwise. */
export function newTask(clock: Clock, overrides: Partial<NewTask> = {}): NewTask {
  const type = overrides.type ?? 'generation';
  const input = overrides.input ?? (type === 'refinement' ? refinementInput() : generationInput());
  return {
    id: newTaskId(clock),
    userId: 'u1',
    type,
    input,
    priority: 0,
    maxAttempts: DEFAULT_MAX_ATTEMPTS,
    inputHash: sha256(canonicalJson([type, input])),
    ...overrides,
  } as NewTask;
}

/** A valid concept for a task, with two variations. */
export function conceptFor(task: Pick<Task, 'id' | 'userId'>, createdAt: string): Concept {
  return {
    id: conceptIdOf(task.id),
    taskId: task.id,
    userId: task.userId,
    logoDescription: 'A cute panda eating bamboo',
    themeDescription: 'Minimalist, green and white',
    image: storedImage(task, 'base'),
    variations: [
      { palette: palette('Bamboo', '#2e7d32'), image: storedImage(task, 'bamboo') },
      { palette: palette('Night', '#101828'), image: storedImage(task, 'night') },
    ],
    scene: {
      archetype: 'badge',
      hero: { label: 'panda', glyph: 'panda-face' },
      second: { label: 'bamboo' },
      palette: palette('Bamboo', '#2e7d32'),
      version: 1,
    },
    refinement: null,
    warnings: ['only the first frame was used'],
    createdAt,
  };
}

export function palette(name: string, color: string): Palette {
  return { name, colors: [color, '#ffffff', '#1b1b1b'], description: `${name} on white` };
}

export function storedImage(task: Pick<Task, 'id' | 'userId'>, content: string): StoredImage {
  const digest = sha256(content);
  const path = blobPathOf({ userId: task.userId, taskId: task.id }, { sha256: digest, contentType: 'image/png' });
  return { path, width: 1024, height: 1024, bytes: 4_321, contentType: 'image/png', sha256: digest };
}

export function providerFailure(overrides: Partial<TaskError> = {}): TaskError {
  return {
    code: 'PROVIDER_FAILED',
    message: 'the image provider answered 503',
    retryable: true,
    hint: 'it is retried by itself',
    stage: 'generate-image',
    ...overrides,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
