import sharp from 'sharp';

const SIDE_PX = 256;
/** Alpha below this is an antialiasing fringe, not part of the drawing. */
const VISIBLE_ALPHA = 24;

/**
 * Draws a 32 x 32 body and measures it: the bounding box of its visible pixels as [x, y, width, height] in units of the
 * 32 grid, and for each fill colour of the source its share of the visible area.
 */
export async function measureMotif(body) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${SIDE_PX}" height="${SIDE_PX}" viewBox="0 0 32 32">${body}</svg>`;
  const pixels = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
  return { box: visibleBox(pixels), colours: colourShares(pixels, body) };
}

function visibleBox(pixels) {
  let [left, top, right, bottom] = [SIDE_PX, SIDE_PX, -1, -1];
  for (let y = 0; y < SIDE_PX; y++) {
    for (let x = 0; x < SIDE_PX; x++) {
      if (pixels[(y * SIDE_PX + x) * 4 + 3] < VISIBLE_ALPHA) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  if (right < 0) throw new Error('a motif draws nothing');
  const unit = 32 / SIDE_PX;
  return [left, top, right + 1 - left, bottom + 1 - top].map((value) => Number((value * unit).toFixed(3)));
}

function colourShares(pixels, body) {
  const sources = new Set(
    [...body.matchAll(/(?:fill|stroke)="(#[0-9a-f]{3}|#[0-9a-f]{6})"/gi)].map((match) => longHex(match[1])),
  );
  const counts = new Map([...sources].map((hex) => [hex, 0]));
  let total = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i + 3] < 250) continue;
    total++;
    const hex = `#${pixels.subarray(i, i + 3).toString('hex')}`;
    if (counts.has(hex)) counts.set(hex, counts.get(hex) + 1);
  }
  return [...counts].map(([hex, count]) => [hex, Number((count / Math.max(1, total)).toFixed(4))]);
}

function longHex(hex) {
  const lower = hex.toLowerCase();
  return lower.length === 4 ? lower.replace(/[0-9a-f]/g, '$&$&') : lower;
}
