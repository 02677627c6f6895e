import { describe, expect, it } from 'vitest';
import type { FinishedTask } from '../../src/ports/retention.ts';
import { gcPolicy, type GcRules } from '../../src/sdk/gc-policy.ts';

const NOW_MS = Date.UTC(2026, 0, 31);
const HOUR_MS = 3_600_000;

/** Finished so many hours ago. */
function finished(taskId: string, hours: number, more: Partial<FinishedTask> = {}): FinishedTask {
  const completedAt = new Date(NOW_MS - hours * HOUR_MS).toISOString();
  return { taskId, completedAt, bytes: 10, pinned: false, inUse: false, ...more };
}

function removed(rules: GcRules, tasks: readonly FinishedTask[], heldBytes = 0): string {
  const mayGo = gcPolicy(rules, { nowMs: NOW_MS, heldBytes });
  return tasks
    .filter(mayGo)
    .map(({ taskId }) => taskId)
    .join('');
}

const ABCD = [finished('a', 1), finished('b', 2), finished('c', 3), finished('d', 4)];

describe('gcPolicy', () => {
  it.each<[string, GcRules, string]>([
    ['nothing without a rule', {}, ''],
    ['what is older than the age', { olderThanMs: 2 * HOUR_MS }, 'cd'],
    ['nothing that is exactly as old', { olderThanMs: 4 * HOUR_MS }, ''],
    ['what is beyond the newest two', { keep: 2 }, 'cd'],
    ['everything when none is to be kept', { keep: 0 }, 'abcd'],
    ['what does not fit into the bytes', { maxBytes: 25 }, 'cd'],
    ['nothing that just fits', { maxBytes: 40 }, ''],
    ['what any rule names', { keep: 3, olderThanMs: HOUR_MS, maxBytes: 1_000 }, 'bcd'],
  ])('removes %s', (_title, rules, expected) => {
    expect(removed(rules, ABCD)).toBe(expected);
  });

  it('keeps pinned tasks and those in use, whatever the rule', () => {
    const held = [finished('a', 1), finished('p', 2, { pinned: true }), finished('u', 3, { inUse: true })];
    expect(removed({ keep: 0, olderThanMs: 0, maxBytes: 0 }, held)).toBe('a');
  });

  it('counts them among the newest', () => {
    const tasks = [finished('p', 1, { pinned: true }), finished('a', 2), finished('b', 3)];
    expect(removed({ keep: 2 }, tasks)).toBe('b');
  });

  it('counts their bytes before all others, however old they are', () => {
    const tasks = [finished('a', 1), finished('b', 2), finished('p', 3, { pinned: true, bytes: 15 })];
    expect(removed({ maxBytes: 25 }, tasks, 15)).toBe('b');
  });

  it('keeps no small old task where a newer one had to go', () => {
    const tasks = [finished('a', 1), finished('b', 2, { bytes: 100 }), finished('c', 3, { bytes: 0 })];
    expect(removed({ maxBytes: 50 }, tasks)).toBe('bc');
  });
});
