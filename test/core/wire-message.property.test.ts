import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseTaskInput } from '../../src/core/task-input.ts';
import { TASK_TYPES, type TaskType } from '../../src/core/task.ts';
import { readWireMessage, toWireMessage, type WireTask } from '../../src/core/wire-message.ts';

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).map((value) => `a${value}`);
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const seed = optional(fc.integer({ min: 0, max: 2 ** 31 - 1 }));
const image = fc.oneof(
  fc.record({ kind: fc.constant('concept' as const), conceptId: fc.uuid() }),
  fc.record({ kind: fc.constant('url' as const), url: fc.webUrl() }),
  fc.record({ kind: fc.constant('blob' as const), path: fc.string({ minLength: 1, maxLength: 80 }) }),
);
const palettes = fc
  .record({ numPalettes: fc.integer({ min: 1, max: 20 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ numPalettes, share }) => ({ numPalettes, minVariations: Math.floor(numPalettes * share) }));

const drafts: Record<TaskType, fc.Arbitrary<object>> = {
  generation: fc
    .tuple(
      fc.record({ logoDescription: text, themeDescription: text, seed, image: optional(image) }),
      fc.option(palettes, { nil: {} }),
    )
    .map(([draft, counts]) => ({ ...draft, ...counts })),
  refinement: fc
    .tuple(
      fc.record({
        original: image,
        refinementPrompt: text,
        logoDescription: optional(text),
        themeDescription: optional(text),
        seed,
      }),
      fc.option(palettes, { nil: {} }),
    )
    .map(([draft, counts]) => ({ ...draft, ...counts })),
  coloring: fc
    .tuple(
      fc.oneof(fc.record({ prompt: text }), fc.record({ source: image })),
      fc.record({
        complexity: optional(fc.constantFrom('simple', 'standard', 'detailed')),
        lineThickness: optional(fc.constantFrom('thin', 'medium', 'thick')),
        paper: optional(fc.constantFrom('A4', 'Letter')),
        title: optional(text),
        seed,
      }),
    )
    .map(([subject, rest]) => ({ ...subject, ...rest })),
  rendition: fc.record({
    source: image,
    sizes: fc.array(
      fc.record({
        name: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
        width: fc.integer({ min: 1, max: 12_000 }),
        height: fc.integer({ min: 1, max: 12_000 }),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    formats: fc.uniqueArray(fc.constantFrom('webp', 'avif', 'jpeg', 'png'), { minLength: 1, maxLength: 4 }),
  }),
};

const wireTask: fc.Arbitrary<WireTask> = fc
  .constantFrom(...TASK_TYPES)
  .chain((type) =>
    fc
      .record({ taskId: fc.uuid(), userId: fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/), draft: drafts[type] })
      .map(({ draft, ...ids }) => ({ ...ids, type, input: parseTaskInput(type, draft) })),
  );
const documentOf = (task: WireTask): Record<string, unknown> =>
  JSON.parse(toWireMessage(task).data.toString()) as Record<string, unknown>;
const read = (document: unknown, attributes?: Record<string, string>) =>
  readWireMessage(Buffer.from(JSON.stringify(document)), attributes);

it('loses nothing of a task, with its attributes and without', () => {
  fc.assert(
    fc.property(wireTask, (task) => {
      const { data, attributes } = toWireMessage(task);
      expect(readWireMessage(data, attributes)).toEqual({ taskId: task.taskId, task, problem: null });
      expect(readWireMessage(data).task).toEqual(task);
    }),
  );
});

it('has flat fields in snake_case, and attributes that fit', () => {
  fc.assert(
    fc.property(wireTask, (task) => {
      expect(Object.keys(documentOf(task)).filter((name) => !/^[a-z]+(_[a-z]+)*$/.test(name))).toEqual([]);
      for (const value of Object.values(toWireMessage(task).attributes)) expect(value.length).toBeLessThan(256);
    }),
  );
});

it('ignores fields and attributes that it does not know', () => {
  const extra = fc.dictionary(
    fc.string({ maxLength: 20 }).map((name) => `x_${name}`),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(wireTask, extra, fc.dictionary(fc.string(), fc.string()), (task, fields, attributes) => {
      expect(read({ ...fields, ...documentOf(task) }, { ...attributes, task_type: 'whatever' }).task).toEqual(task);
    }),
  );
});

it('takes numbers as texts and nulls for what is left out, as older publishers write them', () => {
  fc.assert(
    fc.property(wireTask, (task) => {
      const document = documentOf(task);
      for (const name of ['num_palettes', 'min_variations', 'seed']) {
        document[name] = typeof document[name] === 'number' ? String(document[name]) : null;
      }
      expect(read(document).task).toEqual(task);
    }),
  );
});

it('never throws, and tells a task or one line about what is wrong', () => {
  const known =
    'task_id user_id task_type logo_description num_palettes image sizes source source_image_url original prompt title __proto__';
  const broken = fc.oneof(
    fc.jsonValue(),
    fc
      .tuple(wireTask, fc.dictionary(fc.constantFrom(...known.split(' ')), fc.jsonValue()))
      .map(([task, fields]) => ({ ...documentOf(task), ...fields })),
  );
  const either = /^(task|problem) [^\n]+$/;
  fc.assert(
    fc.property(broken, (document) => {
      expect(told(read(document))).toMatch(either);
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
      expect(told(readWireMessage(data))).toMatch(either);
    }),
  );
});

function told({ taskId, task, problem }: ReturnType<typeof readWireMessage>): string {
  if (task && problem === null && task.taskId === taskId) return `task ${taskId}`;
  return !task && problem !== null && /^[a-z_]+.*: /.test(problem) ? `problem ${problem}` : '';
}
