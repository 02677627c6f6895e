import sharp from 'sharp';
import type { Raster } from '../../../src/imaging/raster.ts';

/** A drawing in five named colours: background, ink, two accents and a highlight. */
export type Logo = (colours: readonly string[]) => string;

const svg = (body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512" viewBox="0 0 512 512">${body}</svg>`;

/** Overlapping discs and a bar. */
export const discs: Logo = ([ground, ink, first, second, light]) =>
  svg(`<rect width="512" height="512" fill="${ground}"/>
    <circle cx="200" cy="220" r="130" fill="${first}"/>
    <circle cx="320" cy="260" r="110" fill="${second}"/>
    <circle cx="260" cy="240" r="52" fill="${light}"/>
    <rect x="90" y="400" width="332" height="36" rx="18" fill="${ink}"/>`);

/** A mountain in a round badge, with thin lines. */
export const badge: Logo = ([ground, ink, first, second, light]) =>
  svg(`<rect width="512" height="512" fill="${ground}"/>
    <circle cx="256" cy="256" r="210" fill="${ink}"/>
    <circle cx="256" cy="256" r="190" fill="${first}"/>
    <path d="M96 350 L220 150 L300 270 L340 220 L430 350 Z" fill="${second}"/>
    <path d="M220 150 L184 208 L208 222 L228 200 L250 220 L258 207 Z" fill="${light}"/>
    <path d="M110 380 H402 M130 400 H382 M160 420 H352" stroke="${ink}" stroke-width="5"/>`);

/** Petals turned about a centre. */
export const flower: Logo = ([ground, ink, first, second, light]) => {
  const petals = Array.from(
    { length: 8 },
    (_, index) =>
      `<ellipse cx="256" cy="140" rx="46" ry="100" fill="${index % 2 === 0 ? first : second}" transform="rotate(${index * 45} 256 256)"/>`,
  );
  return svg(`<rect width="512" height="512" fill="${ground}"/>${petals.join('')}
    <circle cx="256" cy="256" r="64" fill="${ink}"/><circle cx="256" cy="256" r="40" fill="${light}"/>`);
};

/** Five colours each, in the roles of {@link Logo}. */
export const PALETTES: readonly (readonly string[])[] = [
  ['#fdf6e3', '#26323f', '#d1495b', '#edae49', '#8ecae6'],
  ['#0b132b', '#f4f1de', '#3a86a8', '#b1567e', '#5bc0be'],
  ['#ffffff', '#1b4332', '#40916c', '#95d5b2', '#d8a48f'],
  ['#f8edeb', '#3d2645', '#832161', '#da4167', '#f0a868'],
];

export async function drawn(svgText: string): Promise<Raster> {
  const { data, info } = await sharp(Buffer.from(svgText)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height, channels: 3 };
}

/** Peak signal-to-noise ratio in dB; Infinity for equal images. */
export function psnr(first: Raster, second: Raster): number {
  const squares = first.data.reduce((sum, value, index) => sum + (value - second.data[index]!) ** 2, 0);
  return 10 * Math.log10((255 * 255 * first.data.length) / squares);
}
