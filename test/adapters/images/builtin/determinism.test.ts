import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { images, palettes } from './providers.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../../..');
const BUILTIN = join(ROOT, 'src/adapters/images/builtin/index.ts');
const REQUESTS = [
  { logoDescription: 'a fox reading under a mountain moon', themeDescription: 'Nordic night, ember and ink', seed: 7 },
  { logoDescription: 'bicycle repair shop', themeDescription: 'petrol blue and rust', seed: 2 },
  { logoDescription: 'qwertz', themeDescription: 'calm grey', seed: 1 },
];

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const CHILD = `
import { createHash } from 'node:crypto';
import { builtinImageProvider, builtinPaletteProvider } from ${JSON.stringify(BUILTIN)};
const hashes = [];
for (const request of ${JSON.stringify(REQUESTS)}) {
  const images = builtinImageProvider();
  const { bytes, scene } = await images.generate(request);
  const list = await builtinPaletteProvider().generate({ ...request, count: 2, avoid: [scene.palette] });
  for (const png of [bytes, ...(await Promise.all(list.map((palette) => images.render(scene, palette))))]) {
    hashes.push(createHash('sha256').update(png).digest('hex'));
  }
}
console.log(JSON.stringify(hashes));
`;

describe('the same request in two processes', () => {
  // Inside the repository: the bundle must find the repository's packages and assets from its own place, as dist/ does.
  let folder = '';

  beforeAll(async () => {
    mkdirSync(join(ROOT, 'node_modules/.cache'), { recursive: true });
    folder = mkdtempSync(join(ROOT, 'node_modules/.cache/determinism-'));
    writeFileSync(join(folder, 'child.ts'), CHILD);
    const entry = { child: join(folder, 'child.ts') };
    await build({
      entry,
      outDir: folder,
      format: ['esm'],
      config: false,
      silent: true,
      dts: false,
      external: ['sharp'],
      outExtension: () => ({ js: '.mjs' }),
    });
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the same bytes, with and without system fonts', async () => {
    const expected: string[] = [];
    for (const request of REQUESTS) {
      const { bytes, scene } = await images.generate(request);
      if (scene === null) throw new Error('no scene');
      const list = await palettes.generate({ ...request, count: 2, avoid: [scene.palette] });
      expected.push(hashOf(bytes));
      for (const palette of list) expected.push(hashOf(await images.render(scene, palette)));
    }
    const child = join(folder, 'child.mjs');
    const fontless = { ...process.env, FONTCONFIG_FILE: '/nonexistent', FONTCONFIG_PATH: '/nonexistent' };
    for (const env of [process.env, fontless]) {
      const { stdout } = await run(process.execPath, [child], { env });
      expect(JSON.parse(stdout)).toEqual(expected);
    }
  }, 60_000);
});
