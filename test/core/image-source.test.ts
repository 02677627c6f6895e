import { describe, expect, test } from 'vitest';
import { imageSourceOf } from '../../src/core/image-source.ts';
import type { TaskType } from '../../src/core/task.ts';
import { parseTaskInput } from '../../src/core/task-input.ts';
import { initialTask } from '../../src/core/transition.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { newTask } from '../contracts/fixtures.ts';

const SOURCE = { kind: 'blob', path: 'u1/uploads/a.png' } as const;

const FROM_AN_IMAGE: Readonly<Record<TaskType, object>> = {
  generation: { themeDescription: 'green', image: SOURCE },
  refinement: { original: SOURCE, refinementPrompt: 'warmer' },
  coloring: { source: SOURCE },
  rendition: { source: SOURCE, sizes: [{ name: 'phone', width: 1, height: 1 }], formats: ['png'] },
};

const FROM_WORDS: Readonly<Partial<Record<TaskType, object>>> = {
  generation: { themeDescription: 'green', logoDescription: 'a panda' },
  coloring: { prompt: 'a panda' },
};

describe('imageSourceOf', () => {
  for (const [type, draft] of Object.entries(FROM_AN_IMAGE)) {
    test(`finds the image that a ${type} works from`, () => {
      expect(sourceFor(type as TaskType, draft)).toEqual(SOURCE);
    });
  }

  for (const [type, draft] of Object.entries(FROM_WORDS)) {
    test(`finds none where a ${type} needs none`, () => {
      expect(sourceFor(type as TaskType, draft)).toBeUndefined();
    });
  }
});

function sourceFor(type: TaskType, draft: object): unknown {
  const input = parseTaskInput(type, draft);
  return imageSourceOf(initialTask(newTask(fakeClock(), { type, input }), '2026-01-01T00:00:00.000Z'));
}
