import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sandbox } from './support.ts';

const FOX = ['submit', '--logo', 'a fox reading a book', '--theme', 'night blues, calm'] as const;

describe('one command', () => {
  it('makes a base image and seven variations, and prints the palettes', async () => {
    const { run } = await sandbox();
    const { code, stdout } = await run(...FOX, '--wait');
    expect(code).toBe(0);
    expect(stdout.match(/^palette: .+\t#[0-9a-f]{6}/gm)).toHaveLength(7);
    const files = [...stdout.matchAll(/^file: (.+)$/gm)].map(([, file]) => file!);
    expect(files).toHaveLength(8);
    for (const file of files) {
      const { width, height } = await sharp(file).metadata();
      expect([width, height]).toEqual([1024, 1024]);
    }
  });

  it('saves named files with --out and describes them in one JSON document', async () => {
    const { json, folder } = await sandbox();
    const { task, concept, files } = await json(...FOX, '--palettes', '2', '--wait', '--out', 'fox');
    expect(task).toMatchObject({ type: 'generation', status: 'completed', attempt: 1, resultId: concept.id });
    expect(concept.scene?.hero.label).toMatch(/fox/);
    expect(concept.variations).toHaveLength(2);
    expect(files[0]).toBe(join(folder, 'fox', 'base.png'));
    expect(files).toHaveLength(4);
    const names = concept.variations.map(({ palette }) => palette.name);
    expect(new Set(names).size).toBe(2);
  });

  it('gives byte-identical images for the same seed and input in two data directories', async () => {
    const images = async () => {
      const { json } = await sandbox();
      const { files } = await json(...FOX, '--seed', '42', '--palettes', '3', '--wait');
      return Promise.all(files.map((file) => readFile(file)));
    };
    const [first, second] = [await images(), await images()];
    expect(first).toHaveLength(4);
    first.forEach((bytes, index) => expect(bytes.equals(second[index]!)).toBe(true));
  });
});

describe('twelve prompts', () => {
  const SUBJECTS = [
    ['a cute panda eating bamboo', /panda/],
    ['a red fox in the snow', /fox/],
    ['a coffee cup with steam', /coffee|cup|hot beverage/],
    ['a mountain at sunrise', /mountain|sunrise/],
    ['a rocket flying to the moon', /rocket|moon/],
    ['an owl wearing glasses', /owl/],
    ['a sailing boat on the sea', /sail|boat/],
    ['a bicycle shop', /bicycle|bike/],
    ['a rose in bloom', /rose/],
    ['a lighthouse in a storm', /lighthouse|storm/],
    ['a guitar and music', /guitar|music/],
    ['a bakery with fresh bread', /bread|bakery/],
  ] as const;

  it('name their subjects, and no two images are alike', async () => {
    const { json, run } = await sandbox();
    for (const [logo] of SUBJECTS)
      await json('submit', '--logo', logo, '--theme', 'modern and calm', '--palettes', '1');
    expect((await run('work', '--drain')).code).toBe(0);
    const { tasks } = await json('list', '--limit', '12');
    const concepts = await Promise.all(tasks.map(({ id }) => json('show', id)));
    const named = SUBJECTS.filter(([logo, subject]) => {
      const shown = concepts.find(({ concept }) => concept.logoDescription === logo);
      return subject.test(shown?.concept.scene?.hero.label ?? '');
    });
    expect(named.length).toBeGreaterThanOrEqual(10);
    expect(new Set(concepts.map(({ concept }) => concept.image.sha256)).size).toBe(12);
  });
});
