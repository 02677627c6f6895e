import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { CANVAS } from '../../../../src/adapters/images/builtin/draw/canvas.ts';
import { rolesOf } from '../../../../src/adapters/images/builtin/palette/derive-roles.ts';
import type { Archetype } from '../../../../src/adapters/images/builtin/scene/builtin-scene.ts';
import type { Palette } from '../../../../src/core/concept.ts';
import { renderSvg } from '../../../../src/adapters/images/builtin/draw/render-svg.ts';
import { images, library, palettes, plan, svgOf } from './providers.ts';

const PROMPTS = [
  ['a fox reading under a mountain moon', 'Nordic night, ember and ink'],
  ['law firm', 'oxblood and parchment'],
  ['coffee roastery', 'birch and dark roast'],
  ['a dolphin, marine biology', 'abyssal blues'],
  ['qwertz', 'calm grey'],
] as const;

const ODD_PROMPTS = [
  '',
  ' ',
  '.',
  '"',
  '<svg onload=alert(1)>',
  '</svg><text>hi</text>',
  "'; drop table",
  '熊猫和竹子',
  'лиса под луной',
  '🦊🌙',
  '\u0000\u0007',
  'a'.repeat(2000),
  'fox '.repeat(500),
  '&amp; &lt;',
  '{{constructor}}',
  '__proto__ toString constructor',
  '%s %d',
  'NaN undefined null',
  'un renard sous la lune',
  'a a a the of',
  '1 2 3 4 5',
  '"unclosed quote fox',
  '– — …',
  'FOX IN ALL CAPS',
  'a\nfox\non\nlines',
];

const withoutNamespaces = (svg: string): string => svg.replace(/xmlns(:xlink)?="[^"]*"/g, '');

async function contentOf(png: Uint8Array): Promise<{ colours: number; offsetX: number; offsetY: number }> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): number => data.readUIntBE((y * info.width + x) * 3, 3);
  const ground = at(2, 2);
  const seen = new Map<number, number>();
  let [left, right, top, bottom] = [info.width, -1, info.height, -1];
  for (let y = 0; y < info.height; y += 2) {
    for (let x = 0; x < info.width; x += 2) {
      const colour = at(x, y);
      seen.set(colour, (seen.get(colour) ?? 0) + 1);
      if (colour === ground) continue;
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    }
  }
  const areas = [...seen.values()].filter((count) => count > 500).length;
  return {
    colours: areas,
    offsetX: (left + right) / 2 / info.width - 0.5,
    offsetY: (top + bottom) / 2 / info.height - 0.5,
  };
}

describe('builtinImageProvider', () => {
  it('draws 1024 x 1024 PNGs with several colours, centred within 4 %', async () => {
    for (const [logoDescription, themeDescription] of PROMPTS) {
      for (const seed of [0, 1, 2]) {
        const { bytes, contentType, scene } = await images.generate({ logoDescription, themeDescription, seed });
        const meta = await sharp(bytes).metadata();
        const where = `${logoDescription} ${seed} ${scene?.archetype}`;
        expect([contentType, meta.format, meta.width, meta.height], where).toEqual([
          'image/png',
          'png',
          CANVAS,
          CANVAS,
        ]);
        const content = await contentOf(bytes);
        expect(content.colours, where).toBeGreaterThanOrEqual(3);
        expect(Math.abs(content.offsetX), where).toBeLessThanOrEqual(0.04);
        expect(Math.abs(content.offsetY), where).toBeLessThanOrEqual(0.04);
      }
    }
  });

  it('draws its scene again exactly, and in any palette on that palette’s ground', async () => {
    const request = { logoDescription: 'a fox in the forest', themeDescription: 'autumn', seed: 5 };
    const base = await images.generate(request);
    if (base.scene === null) throw new Error('no scene');
    const stored = JSON.parse(JSON.stringify(base.scene)) as typeof base.scene;
    expect(Buffer.from(await images.render(stored, base.scene.palette)).equals(Buffer.from(base.bytes))).toBe(true);
    const [own] = (await palettes.generate({ ...request, count: 1, avoid: [base.scene.palette] })) as [Palette];
    const hosted: Palette = {
      name: 'Hosted',
      colors: ['#fff7e6', '#8a1c2b', '#d98a12'],
      description: 'From elsewhere.',
    };
    for (const palette of [own, hosted]) {
      const drawn = await images.render(base.scene, palette);
      const { data } = await sharp(drawn)
        .extract({ left: 0, top: 0, width: 1, height: 1 })
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(`#${data.toString('hex')}`).toBe(rolesOf(palette).bg);
    }
  });

  it('refuses a scene of another provider', async () => {
    const scene = {
      archetype: 'x',
      hero: { label: 'x' },
      second: null,
      palette: { name: '', colors: [], description: '' },
    };
    await expect(images.render(scene, scene.palette)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      retryable: false,
    });
  });

  it('stops when it is aborted', async () => {
    const signal = AbortSignal.abort();
    const request = { logoDescription: 'fox', themeDescription: 'sea', seed: 0 };
    await expect(images.generate(request, { signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('knows at least five ways to compose', () => {
    const prompts = [
      'a fox',
      'law firm',
      'coffee',
      'guitar',
      'yoga studio',
      'robot startup',
      'vintage barber shop',
      'a whale in the sea',
      'qwertz',
    ];
    const archetypes = new Set<Archetype>();
    for (const prompt of prompts)
      for (let seed = 0; seed < 6; seed++) archetypes.add(plan(prompt, 'calm', seed).scene.archetype);
    expect(archetypes.size).toBeGreaterThanOrEqual(5);
  });
});

describe('the SVG of a scene', () => {
  it('takes nothing but colours from a palette', () => {
    const hostile: Palette = { name: 'x', description: '', colors: ['#12345', 'red"/><script>', '#8A1C2B'] };
    const { scene } = plan('a fox', 'sea', 1);
    expect(withoutNamespaces(renderSvg(scene, rolesOf(hostile), library))).not.toMatch(/script|red/);
    const roles = { ...rolesOf(scene.palette), surface: '"/><script>' };
    expect(Object.values(rolesOf({ ...hostile, roles })).join(' ')).toMatch(/^(#[0-9a-f]{6} ?)+$/);
  });

  it('is clean for every odd prompt, and no prompt gets into it', async () => {
    for (const prompt of ODD_PROMPTS) {
      for (const seed of [0, 3]) {
        const { scene } = plan(prompt, prompt, seed);
        const svg = withoutNamespaces(svgOf(scene));
        expect(svg, prompt.slice(0, 40)).not.toMatch(
          /NaN|undefined|Infinity|<text|<script|<image|http|onload|currentColor/,
        );
      }
      const { width } = await sharp(
        await images.render(plan(prompt, prompt).scene, plan(prompt).scene.palette),
      ).metadata();
      expect(width, prompt.slice(0, 40)).toBe(CANVAS);
    }
  }, 60_000);
});
