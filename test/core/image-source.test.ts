import { expect, test } from 'vitest';
import { imageSourceOf } from '../../src/core/image-source.ts';
import type { TaskType } from '../../src/core/task.ts';
import { parseTaskInput } from '../../src/core/task-input.ts';
import { initialTask } from '../../src/core/transition.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { newTask } from '../contracts/fixtures.ts';

const SOURCE = { kind: 'blob', path: 'u1/uploads/a.png' } as const;

const DRAFTS: Readonly<Record<TaskType, { readonly from: object; readonly without?: object }>> = {
  generation: {
    from: { themeDescription: 'green', image: SOURCE },
    without: { themeDescription: 'green', logoDescription: 'a panda' },
  },
  refinement: { from: { original: SOURCE, refinementPrompt: 'warmer' } },
  coloring: { from: { source: SOURCE }, without: { prompt: 'a panda' } },
  rendition: { from: { source: SOURCE, sizes: [{ name: 'phone', width: 1, height: 1 }], formats: ['png'] } },
};

for (const [type, { from, without }] of Object.entries(DRAFTS) as [TaskType, (typeof DRAFTS)[TaskType]][]) {
  test(`finds the image that a ${type} works from`, () => {
    const sourceFor = (draft: object) =>
      imageSourceOf(initialTask(newTask(fakeClock(), { type, input: parseTaskInput(type, draft) }), ''));
    expect(sourceFor(from)).toEqual(SOURCE);
    if (without) expect(sourceFor(without)).toBeUndefined();
  });
}
