import { describe, expect, test } from 'vitest';
import { taskLines } from '../../../src/cli/render/task-lines.ts';
import { initialTask } from '../../../src/core/transition.ts';
import { fakeClock } from '../../../src/testing/index.ts';
import { newTask } from '../../contracts/fixtures.ts';

const stream = { isTTY: false, columns: 80, colourLevel: 0, write: () => undefined } as const;

describe('the lines of a task', () => {
  test.each([
    [2, '2 of 3'],
    [3, '3 of 3'],
    [4, 'closing run after 3 of 3'],
  ])('at attempt %i of 3 say %s', (attempt, expected) => {
    const clock = fakeClock();
    const at = new Date(clock.now()).toISOString();
    const task = { ...initialTask(newTask(clock, { maxAttempts: 3 }), at), attempt };
    const line = taskLines(task, stream, clock.now()).find((text) => text.includes('attempt'));
    expect(line?.trimEnd().endsWith(expected)).toBe(true);
  });
});
