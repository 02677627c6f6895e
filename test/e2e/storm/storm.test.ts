import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildChild, type ChildProgram } from '../../adapters/stores/sqlite/child-process.ts';
import { failuresOf, runStorm } from './storm.ts';
import { seededRandom, STORM } from './storm-options.ts';

let program: ChildProgram;
beforeAll(async () => {
  program = await buildChild('storm', new URL('./child.ts', import.meta.url));
});
afterAll(() => program.remove());

test('workers killed and suspended at random lose no task and complete none twice', { timeout: 90_000 }, async () => {
  const options = { ...STORM, seconds: 6, tasks: 600, drainMs: 60_000, random: seededRandom(7) };
  const figures = await runStorm(program, options);
  console.log('storm:', JSON.stringify(figures));
  expect(failuresOf(figures)).toEqual([]);
  expect(figures.tasks).toBe(600);
  expect(figures.kills).toBeGreaterThan(5);
  expect(figures.stops).toBeGreaterThan(0);
});
