import { describe, expect, it } from 'vitest';
import { readWireMessage, toWireMessage } from '../../src/core/wire-message.ts';
import { parseTaskInput } from '../../src/core/task-input.ts';
import type { TaskType } from '../../src/core/task.ts';

const TASK_ID = '123e4567-e89b-12d3-a456-426614174000';
const read = (document: object, attributes?: Record<string, string>) =>
  readWireMessage(Buffer.from(JSON.stringify(document)), attributes);
const GENERATION = {
  task_id: TASK_ID,
  user_id: 'u1',
  logo_description: 'A cute panda eating bamboo',
  theme_description: 'Minimalist, green and white',
  num_palettes: 3,
  task_type: 'concept_generation',
};

describe('readWireMessage', () => {
  it('reads what deployed publishers send, without attributes', () => {
    expect(read(GENERATION)).toEqual({
      taskId: TASK_ID,
      problem: null,
      task: {
        taskId: TASK_ID,
        userId: 'u1',
        type: 'generation',
        input: {
          logoDescription: 'A cute panda eating bamboo',
          themeDescription: 'Minimalist, green and white',
          numPalettes: 3,
          seed: 0,
        },
      },
    });
  });

  it('takes numbers written as texts, nulls and unknown fields', () => {
    const { task } = read({ ...GENERATION, num_palettes: '5', seed: null, from: 'an older API', image: null });
    expect(task).toMatchObject({ input: { numPalettes: 5, seed: 0 } });
  });

  it('reads a refinement by its image address', () => {
    const { task } = read({
      task_id: TASK_ID,
      user_id: 'u1',
      task_type: 'concept_refinement',
      refinement_prompt: 'warmer',
      original_image_url: 'https://images.example/panda.png',
      logo_description: 'panda',
      theme_description: 'green',
    });
    expect(task).toMatchObject({
      type: 'refinement',
      input: { original: { kind: 'url', url: 'https://images.example/panda.png' }, numPalettes: 4 },
    });
  });

  it.each([
    [{ task_type: undefined }, {}, 'generation'],
    [{ task_type: undefined, refinement_prompt: 'x', original_image_url: 'https://a.example/x.png' }, {}, 'refinement'],
    [{ task_type: undefined, source_image_url: 'https://a.example/x.png' }, { task_type: 'coloring_page' }, 'coloring'],
  ])('tells the type of %j with attributes %j', (change, attributes, type) => {
    expect(read({ ...GENERATION, ...change }, attributes).task?.type).toBe(type);
  });

  it.each([
    [{ user_id: '../u2' }, 'user_id: expected 1 to 128 letters'],
    [{ user_id: 7 }, 'user_id: expected'],
    [{ task_type: 'concept_video' }, 'task_type: unknown type "concept_video"'],
    [{ num_palettes: 'many' }, 'num_palettes:'],
    [{ num_palettes: 99 }, 'num_palettes: must be from 1 to 20'],
    [{ theme_description: '' }, 'theme_description: must not be empty'],
    [{ theme_description: { a: 1 } }, 'theme_description:'],
  ])('says what is wrong with %j of a known task', (change, problem) => {
    expect(read({ ...GENERATION, ...change })).toEqual({
      taskId: TASK_ID,
      task: null,
      problem: expect.stringContaining(problem),
    });
  });

  it.each([
    [{ source_image_url: 'no address' }, 'source_image_url: must be a URL'],
    [{ source: { kind: 'file', path: '/etc/passwd' } }, 'source'],
    [{ prompt: 'a fox', paper_size: 'A3' }, 'paper_size: '],
    [{}, 'prompt: give either a prompt or a source image'],
  ])('names the fields of the message in a problem with %j', (fields, problem) => {
    const { task, problem: told } = read({ ...GENERATION, task_type: 'coloring_page', ...fields });
    expect(task).toBeNull();
    expect(told).toMatch(new RegExp(`^${problem}`));
  });

  it.each(['', 'not json', '[]', '7', '{"task_id": "one"}', '{"user_id": "u1"}'])('finds no task in %j', (text) => {
    const { taskId, task, problem } = readWireMessage(Buffer.from(text));
    expect([taskId, task]).toEqual([null, null]);
    expect(problem).toMatch(/^(data: not a JSON object|task_id: expected a UUID)$/);
  });
});

describe('toWireMessage', () => {
  const source = { kind: 'url', url: 'https://images.example/panda.png' } as const;
  const drafts: readonly (readonly [TaskType, object])[] = [
    ['generation', { logoDescription: 'a fox', themeDescription: 'night', numPalettes: 3, minVariations: 2, seed: 9 }],
    ['generation', { themeDescription: 'night', image: { kind: 'blob', path: 'u1/uploads/0123456789abcdef.png' } }],
    ['refinement', { original: source, refinementPrompt: 'warmer', seed: 4 }],
    ['refinement', { original: { kind: 'concept', conceptId: TASK_ID }, refinementPrompt: 'warmer' }],
    ['coloring', { source, complexity: 'simple', lineThickness: 'thick', paper: 'Letter', title: 'Panda', seed: 1 }],
    ['coloring', { prompt: 'a fox' }],
    ['rendition', { source, sizes: [{ name: 'phone', width: 100, height: 200 }], formats: ['webp'] }],
  ];
  it.each(drafts)('loses nothing of a %s task: %j', (type, draft) => {
    const input = parseTaskInput(type, draft);
    const { data, attributes } = toWireMessage({ taskId: TASK_ID, userId: 'u1', type, input });
    expect(readWireMessage(data, attributes).task).toEqual({ taskId: TASK_ID, userId: 'u1', type, input });
  });

  it('speaks the names of deployed workers', () => {
    const input = parseTaskInput('refinement', { original: source, refinementPrompt: 'warmer' });
    const { data, attributes } = toWireMessage({ taskId: TASK_ID, userId: 'u1', type: 'refinement', input });
    expect(JSON.parse(data.toString())).toMatchObject({
      task_id: TASK_ID,
      user_id: 'u1',
      task_type: 'concept_refinement',
      refinement_prompt: 'warmer',
      original_image_url: source.url,
    });
    expect(attributes).toMatchObject({ task_type: 'concept_refinement', schema_version: '1' });
  });
});
