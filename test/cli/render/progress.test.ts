import { describe, expect, it } from 'vitest';
import type { TaskEvent, TaskEventType } from '../../../src/core/event.ts';
import { STAGE_NAMES } from '../../../src/core/stage-name.ts';
import { createRunning } from '../../../src/cli/render/progress.ts';
import { stageText } from '../../../src/cli/render/stage-names.ts';

function event(type: TaskEventType, stage?: string): TaskEvent {
  return { taskId: 'x', seq: 1, type, at: '2026-01-01T00:00:00.000Z', attempt: 1, data: stage ? { stage } : {} };
}

describe('the stages that run', () => {
  it('lose the one that ended, and no other', () => {
    const running = createRunning();
    running.after(event('stage.started', 'image-storage'));
    expect(running.after(event('stage.completed', 'palette-generation'))).toEqual(['image-storage']);
    expect(running.after(event('stage.completed', 'image-storage'))).toEqual([]);
  });

  it.each<TaskEventType>(['released', 'lease.expired', 'rescheduled', 'failed', 'completed', 'cancelled'])(
    'are none after %s',
    (type) => {
      const running = createRunning();
      running.after(event('stage.started', 'image-storage'));
      expect(running.after(event(type))).toEqual([]);
    },
  );
});

describe('stage texts', () => {
  it.each(STAGE_NAMES)('%s has one', (name) => expect(stageText(name)).not.toBe(name));

  it('an unknown stage is told by its name, on one line', () => {
    expect(stageText('new\nstage')).toBe('new stage');
    expect(stageText('constructor')).toBe('constructor');
  });
});
