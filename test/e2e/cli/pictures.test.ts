import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { photoLike, sandbox } from './support.ts';

async function logo(file: string): Promise<string> {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect x="40" y="40" width="200" height="160" fill="#c8102e"/>
    <circle cx="260" cy="180" r="90" fill="#00539f"/></svg>`;
  await sharp(Buffer.from(drawing)).png().toFile(file);
  return file;
}

describe('a picture of the user’s own', () => {
  it.each([
    ['a photograph', (file: string) => photoLike(file, 320), 'photo.jpg'],
    ['a logo with transparency', logo, 'logo.png'],
  ])('%s gets seven variations', async (_title, make, name) => {
    const { json, folder } = await sandbox();
    const file = await make(join(folder, name));
    const { concept, files } = await json('submit', '--image', file, '--theme', 'pastel spring', '--wait');
    expect(concept.scene).toBeNull();
    expect(concept.variations).toHaveLength(7);
    expect(files).toHaveLength(8);
    const hashes = concept.variations.map(({ image }) => image.sha256);
    expect(new Set([...hashes, concept.image.sha256]).size).toBe(8);
    for (const saved of files) expect((await sharp(saved).stats()).channels.length).toBeGreaterThanOrEqual(3);
  });
});

describe('refine', () => {
  it('changes a concept by its id and links the two', async () => {
    const { json } = await sandbox();
    const first = await json('submit', '--logo', 'a fox', '--theme', 'night blues', '--palettes', '1', '--wait');
    const { task, concept } = await json('refine', first.concept.id, 'make the background darker', '--wait');
    expect(task.type).toBe('refinement');
    expect(concept.variations).toHaveLength(4);
    expect(concept.refinement).toMatchObject({ parentConceptId: first.concept.id });
    expect(concept.refinement?.applied.length).toBeGreaterThan(0);
    expect(concept.image.sha256).not.toBe(first.concept.image.sha256);
  });

  it('changes a file', async () => {
    const { json, folder } = await sandbox();
    const file = await logo(join(folder, 'logo.png'));
    const { concept } = await json('refine', file, 'warmer colours', '--palettes', '2', '--wait');
    expect(concept.variations).toHaveLength(2);
    expect(concept.refinement).toMatchObject({ parentConceptId: null });
  });

  it.each(['http://127.0.0.1/x.png', 'https://169.254.169.254/x.png', 'file:///etc/passwd', 'https://[::1]/x.png'])(
    'refuses %s before anything is recorded',
    async (url) => {
      const { run, json } = await sandbox();
      const { code, stdout, stderr } = await run('refine', url, 'warmer', '--wait', '--json');
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(JSON.parse(stderr).error).toMatchObject({ code: 'IMAGE_URL_BLOCKED' });
      expect((await json('list')).tasks).toEqual([]);
    },
  );

  it('fails a task whose edit says nothing', async () => {
    const { run, folder } = await sandbox();
    const file = join(folder, 'notes.txt');
    await writeFile(file, 'not an image');
    const refused = await run('refine', file, 'warmer');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^error: --original: /);
    const failed = await run('refine', await logo(join(folder, 'logo.png')), 'qwertz', '--wait', '--json');
    expect({ code: failed.code, stdout: failed.stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(failed.stderr).error.code).toBe('UNSUPPORTED_EDIT');
  });
});
