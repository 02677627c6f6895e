import { describe, expect, it } from 'vitest';
import { rolesOf } from '../../../../src/adapters/images/builtin/palette/derive-roles.ts';
import { paletteDistance } from '../../../../src/adapters/images/builtin/palette/role-colours.ts';
import type { Palette } from '../../../../src/core/concept.ts';
import { contrastRatio, oklchOfHex } from '../../../../src/imaging/colour/oklab.ts';
import { palettes } from './providers.ts';

const THEMES = [
  'Minimalist, green and white',
  'Nordic night, ember and ink',
  'oxblood and parchment, understated',
  'deep navy with electric teal',
  'sun-warmed wheat and field greens',
  'street food neon',
  'dawn mist and seafoam',
  'petrol blue and rust',
  '80s sunset synthwave',
  'buttery morning light',
  'juniper, copper and fog',
  'jurassic jungle',
  'alpine winter',
  'abyssal blues and coral',
  'dusty lilac evening',
  'champagne and dusty rose',
  'granite and chalk with hot orange',
  'haunted violet',
  'calm indigo and clean white',
  'lacquer red and rice paper',
  'black, bone and acid yellow',
  'moonlit lagoon',
  'hot red smoke',
  'pine forest and campfire',
  'powder pink and graphite',
  'monochrome',
  'pastel rainbow',
  'brown',
  'black',
  'white',
  'qwertz',
  '',
  '深い森',
  'neon neon neon',
  'a'.repeat(2000),
  'autumn; winter; spring; summer',
];

const request = (themeDescription: string, count: number, avoid: readonly Palette[] = [], seed = 0) =>
  palettes.generate({ themeDescription, logoDescription: 'a fox', count, seed, avoid });

function expectPromises(list: readonly Palette[], theme: string): void {
  for (const palette of list) {
    const roles = rolesOf(palette);
    const where = `${theme.slice(0, 40)} / ${palette.name}`;
    expect(palette.colors.length, where).toBeGreaterThanOrEqual(5);
    expect(palette.colors.length, where).toBeLessThanOrEqual(6);
    for (const colour of [...palette.colors, ...Object.values(roles)]) expect(colour, where).toMatch(/^#[0-9a-f]{6}$/);
    expect(contrastRatio(roles.ink, roles.bg), where).toBeGreaterThanOrEqual(4.5);
    expect(contrastRatio(roles.onPrimary, roles.primary), where).toBeGreaterThanOrEqual(4.5);
    expect(contrastRatio(roles.primary, roles.bg), where).toBeGreaterThanOrEqual(3);
    expect(palette.name, where).toMatch(/^[\p{Lu}\d].{2,40}$/u);
    expect(palette.description, where).toMatch(/^[^.]{15,240}\.$/);
  }
  expect(new Set(list.map((palette) => palette.name.toLowerCase())).size, theme).toBe(list.length);
}

function smallestDistance(list: readonly Palette[]): number {
  const roles = list.map(rolesOf);
  const distances = roles.flatMap((one, index) => roles.slice(index + 1).map((other) => paletteDistance(one, other)));
  return Math.min(...distances);
}

describe('builtinPaletteProvider', () => {
  it.each([1, 3, 7, 12, 20])('gives exactly %i palettes that keep their promises for every theme', async (count) => {
    for (const theme of THEMES) {
      const list = await request(theme, count);
      expect(list).toHaveLength(count);
      expectPromises(list, theme);
      expect(smallestDistance(list), theme.slice(0, 40)).toBeGreaterThanOrEqual(0.07);
    }
  });

  it('keeps away from the palettes to avoid, and from their names', async () => {
    for (const theme of THEMES) {
      const base = await request(theme, 1);
      const list = await request(theme, 7, base);
      expectPromises([...base, ...list], theme);
      expect(smallestDistance([...base, ...list]), theme.slice(0, 40)).toBeGreaterThanOrEqual(0.07);
    }
  });

  it('uses the hues that the theme names', async () => {
    const [green] = await request('Minimalist, green and white', 1);
    const [red] = await request('lacquer red and rice paper', 1);
    expect(oklchOfHex(rolesOf(green as Palette).primary).h).toBeGreaterThan(110);
    expect(oklchOfHex(rolesOf(green as Palette).primary).h).toBeLessThan(175);
    expect(oklchOfHex(rolesOf(red as Palette).primary).h).toBeLessThan(50);
    const [night] = await request('midnight', 1);
    expect(oklchOfHex(rolesOf(night as Palette).bg).l).toBeLessThan(0.4);
  });

  it('is the same for the same request and another for another seed', async () => {
    expect(await request('forest', 7)).toEqual(await request('forest', 7));
    expect(await request('forest', 7, [], 1)).not.toEqual(await request('forest', 7, [], 2));
  });

  it('finds roles in a palette that only lists colours', () => {
    for (const colors of [
      ['#112233'],
      ['#ffffff', '#000000'],
      ['#e63946', '#f1faee', '#a8dadc', '#457b9d', '#1d3557'],
      [],
    ]) {
      const roles = rolesOf({ name: 'Plain', colors, description: '' });
      expect(contrastRatio(roles.ink, roles.bg)).toBeGreaterThanOrEqual(4.5);
      expect(contrastRatio(roles.primary, roles.bg)).toBeGreaterThanOrEqual(3);
    }
  });
});
