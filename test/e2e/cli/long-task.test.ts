import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { photoLike, sandbox, workerLines } from './support.ts';

/** As large as images are worked on. */
const SIDE = 2048;

describe('a task that takes many times as long as its lease', () => {
  it('is finished in one attempt: recolouring leaves room for heartbeats', async () => {
    const { json, start, folder } = await sandbox();
    const file = await photoLike(join(folder, 'large.jpg'), SIDE);
    const { task } = await json('submit', '--image', file, '--theme', 'night blues', '--palettes', '20');
    const { code, stdout, stderr } = await start(['work', '--drain', '--json'], { CONCEPT_LEASE_SECONDS: '1' }).ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const attempts = workerLines(stdout).filter(({ summary }) => summary === undefined);
    expect(attempts).toHaveLength(1);
    const shown = await json('status', task.id);
    expect(shown.task).toMatchObject({ status: 'completed', attempt: 1 });
  });
});
