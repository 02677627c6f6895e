import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findAssetsDir } from '../../../../src/adapters/images/builtin/assets/assets-dir.ts';
import { MOTIF_GRID } from '../../../../src/adapters/images/builtin/assets/motif.ts';
import { library } from './providers.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const ALLOWED = ['MIT', 'ISC', 'Apache-2.0', 'CC0-1.0'];

interface Family {
  readonly family: string;
  readonly name: string;
  readonly licence: string;
}

describe('the shipped assets', () => {
  const index = JSON.parse(readFileSync(join(ROOT, 'assets/motifs.json'), 'utf8')) as { families: readonly Family[] };
  const notice = readFileSync(join(ROOT, 'NOTICE'), 'utf8');

  it('come from sources with an allowed licence that NOTICE names', () => {
    expect(index.families.length).toBeGreaterThanOrEqual(4);
    for (const { name, licence } of index.families) {
      expect(ALLOWED, name).toContain(licence);
      expect(notice).toContain(name);
    }
    const families = new Set(index.families.map(({ family }) => family));
    for (const motif of library.motifs) expect(families, motif.id).toContain(motif.id.split(':')[0]);
  });

  it('stay under 6 MB', () => {
    const bytes = readdirSync(join(ROOT, 'assets')).reduce(
      (sum, file) => sum + statSync(join(ROOT, 'assets', file)).size,
      0,
    );
    expect(bytes).toBeLessThan(6_000_000);
  });

  it('hold a body for each motif, without text, pictures or outside references, inside its box', () => {
    expect(library.motifs.length).toBeGreaterThan(700);
    expect(new Set(library.motifs.map(({ id }) => id)).size).toBe(library.motifs.length);
    for (const motif of library.motifs) {
      const body = library.bodyOf(motif, 'flat');
      expect(body.startsWith('<') && body.endsWith('>'), motif.id).toBe(true);
      expect(body + library.bodyOf(motif, 'mono'), motif.id).not.toMatch(
        /<text|<image|<script|<filter|Gradient|http|url\((?!#)/,
      );
      const [left, top, width, height] = motif.flat.box;
      expect(Math.min(left, top, width - 0.5, height - 0.5), motif.id).toBeGreaterThanOrEqual(0);
      expect(Math.max(left + width, top + height), motif.id).toBeLessThanOrEqual(MOTIF_GRID);
    }
  });

  it('have a lexicon whose every target is in the catalogue', () => {
    const names = new Set(library.motifs.flatMap(({ label, alts }) => [label, ...alts]));
    expect(library.lexicon.size).toBeGreaterThan(900);
    for (const [phrase, targets] of library.lexicon)
      for (const target of targets) expect(names, phrase).toContain(target);
  });

  it('have colour names fit for print', () => {
    expect(library.colourNames.length).toBeGreaterThan(1_500);
    const unfit = /\b(blood|dead|death|sexy|nude|nazi|devil|indian|inuit|black power|batman|barbie|ikea)\b/i;
    expect(library.colourNames.filter(({ name }) => unfit.test(name))).toEqual([]);
  });

  it('are found from the sources', () => {
    expect(findAssetsDir()).toBe(join(ROOT, 'assets'));
  });
});
