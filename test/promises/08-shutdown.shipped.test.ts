import { describe, expect, it } from 'vitest';
import { sandbox, workerLines } from '../e2e/cli/support.ts';

const LONG = ['submit', '--logo', 'a panda', '--theme', 'minimal, green and white', '--palettes', '20'] as const;

describe('promise 8: shutdown finishes or releases what is in flight, exits 0 and burns no attempt', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s in the middle of a task, no time left: released', async (signal) => {
    const { json, start } = await sandbox();
    const { task } = await json(...LONG);
    const watch = start(['watch', task.id, '--json']);
    const worker = start(['work', '--json'], { CONCEPT_GRACE_SECONDS: '0' });
    await watch.seen(/"stage.started"/);
    worker.child.kill(signal);
    const { code, stdout } = await worker.ended;
    expect(code).toBe(0);
    expect(workerLines(stdout).at(-1)).toMatchObject({ summary: { released: 1, completed: 0 } });
    expect((await json('status', task.id)).task).toMatchObject({ status: 'pending', attempt: 0, error: null });
    const { code: drained } = await start(['work', '--drain']).ended;
    expect(drained).toBe(0);
    expect((await json('status', task.id)).task).toMatchObject({ status: 'completed', attempt: 1 });
    expect((await watch.ended).stdout).toContain('"released"');
  });

  it('SIGTERM in the middle of a task, within the grace period: finished, and nothing else is begun', async () => {
    const { json, start } = await sandbox();
    const { task } = await json(...LONG);
    const { task: other } = await json(...LONG, '--seed', '2');
    const watch = start(['watch', task.id, '--json']);
    const worker = start(['work', '--json', '--concurrency', '1']);
    await watch.seen(/"stage.started"/);
    worker.child.kill('SIGTERM');
    const { code, stdout } = await worker.ended;
    expect(code).toBe(0);
    expect(workerLines(stdout).at(-1)).toMatchObject({ summary: { released: 0, completed: 1 } });
    expect((await json('status', task.id)).task).toMatchObject({ status: 'completed', attempt: 1 });
    expect((await json('status', other.id)).task).toMatchObject({ status: 'pending', attempt: 0 });
    await watch.ended;
  });
});
