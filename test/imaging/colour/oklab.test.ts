import { describe, expect, it } from 'vitest';
import {
  contrastRatio,
  cvdDistance,
  deltaE,
  hexOfOklch,
  mixHex,
  oklabOfHex,
  oklchOfHex,
} from '../../../src/imaging/colour/oklab.ts';

describe('oklab', () => {
  it('knows the published OKLab of red, white and black', () => {
    const [lightness, a, b] = oklabOfHex('#ff0000');
    expect(lightness).toBeCloseTo(0.62796, 4);
    expect(a).toBeCloseTo(0.22486, 4);
    expect(b).toBeCloseTo(0.12585, 4);
    expect(oklabOfHex('#fff')[0]).toBeCloseTo(1, 5);
    expect(oklabOfHex('#000000')[0]).toBe(0);
  });

  it('returns to the same hex colour, for colours all over the cube', () => {
    for (let step = 0; step < 500; step++) {
      const hex = `#${((step * 7919 * 4093) % 0x1000000).toString(16).padStart(6, '0')}`;
      expect(hexOfOklch(oklchOfHex(hex))).toBe(hex);
    }
  });

  it('keeps lightness and hue when a colour is out of gamut', () => {
    const shown = oklchOfHex(hexOfOklch({ l: 0.7, c: 0.4, h: 150 }));
    expect(shown.l).toBeCloseTo(0.7, 2);
    expect(Math.abs(shown.h - 150)).toBeLessThan(1);
    expect(shown.c).toBeLessThan(0.3);
  });

  it('mixes from one end to the other', () => {
    expect(mixHex('#102030', '#f0e0d0', 0)).toBe('#102030');
    expect(mixHex('#102030', '#f0e0d0', 1)).toBe('#f0e0d0');
    expect(deltaE(mixHex('#000000', '#ffffff', 0.5), '#636363')).toBeLessThan(0.01);
  });

  it('measures WCAG contrast', () => {
    expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 6);
    expect(contrastRatio('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
    expect(contrastRatio('#123456', '#123456')).toBe(1);
  });

  it('finds red and green closer for a colour-blind eye, blue and yellow as far', () => {
    expect(cvdDistance('#c04040', '#6b7b20')).toBeLessThan(0.5 * deltaE('#c04040', '#6b7b20'));
    expect(cvdDistance('#2040ff', '#ffe040')).toBeGreaterThan(0.5);
  });

  it('refuses what is no hex colour', () => {
    expect(() => oklabOfHex('rgb(1,2,3)')).toThrowError(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});
