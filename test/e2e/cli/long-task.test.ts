import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sandbox, workerLines } from './support.ts';

const SIDE = 2048;

/** As large as images are worked on, with the many colours of a photograph. */
async function largePicture(file: string): Promise<string> {
  const pixels = Buffer.alloc(SIDE * SIDE * 3);
  for (let index = 0; index < SIDE * SIDE; index++) {
    const [x, y] = [index % SIDE, Math.floor(index / SIDE)];
    pixels[index * 3] = 120 + 100 * Math.sin(x / 37) * Math.cos(y / 53);
    pixels[index * 3 + 1] = (y / SIDE) * 200 + 20 * Math.sin(x / 11);
    pixels[index * 3 + 2] = 90 + 80 * Math.cos((x + y) / 71);
  }
  await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .jpeg()
    .toFile(file);
  return file;
}

describe('a task that takes many times as long as its lease', () => {
  it('is finished in one attempt: recolouring leaves room for heartbeats', async () => {
    const { json, start, folder } = await sandbox();
    const file = await largePicture(join(folder, 'large.jpg'));
    const { task } = await json('submit', '--image', file, '--theme', 'night blues', '--palettes', '20');
    const { code, stdout, stderr } = await start(['work', '--drain', '--json'], { CONCEPT_LEASE_SECONDS: '1' }).ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const attempts = workerLines(stdout).filter(({ summary }) => summary === undefined);
    expect(attempts).toHaveLength(1);
    const shown = await json('status', task.id);
    expect(shown.task).toMatchObject({ status: 'completed', attempt: 1 });
  });
});
