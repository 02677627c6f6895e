import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/imaging/decode-image.ts';
import { encodePng } from '../../src/imaging/encode-image.ts';
import { inspectImage } from '../../src/imaging/inspect-image.ts';
import { DEFAULT_IMAGE_LIMITS } from '../../src/core/image-limits.ts';
import { badge, discs, PALETTES } from './support/logos.ts';
import { headerOnlyPng } from './support/png-header.ts';

const drawing = sharp(Buffer.from(discs(PALETTES[0]!))).resize(64, 48, { fit: 'fill' });
const failsWith = (code: string, message: RegExp): unknown =>
  expect.objectContaining({ code, retryable: false, message: expect.stringMatching(message) });

describe('formats', () => {
  it.each(['png', 'jpeg', 'webp', 'avif', 'gif'] as const)('reads %s', async (format) => {
    const bytes = await drawing.clone().toFormat(format).toBuffer();
    await expect(inspectImage(bytes)).resolves.toMatchObject({
      format,
      contentType: `image/${format}`,
      width: 64,
      height: 48,
      pages: 1,
    });
    const { raster, warnings } = await decodeImage(bytes);
    expect(raster).toMatchObject({ width: 64, height: 48, channels: 3 });
    expect(raster.data.length).toBe(64 * 48 * 3);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['an SVG', discs(PALETTES[0]!), 'IMAGE_UNSUPPORTED', /SVG/],
    ['an SVG after an XML head', `<?xml version="1.0"?><!-- x -->${badge(PALETTES[0]!)}`, 'IMAGE_UNSUPPORTED', /SVG/],
    ['an HTML page', '<!DOCTYPE html><html><body>no image</body></html>', 'IMAGE_UNSUPPORTED', /HTML/],
    ['a PDF', '%PDF-1.7\n', 'IMAGE_UNSUPPORTED', /PDF/],
    ['a BMP', 'BM\x01\x02\x03', 'IMAGE_UNSUPPORTED', /BMP/],
    ['a TIFF', 'II*\0\x08\0\0\0', 'IMAGE_UNSUPPORTED', /TIFF/],
    ['a HEIC photo', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'IMAGE_UNSUPPORTED', /HEIC/],
    ['text', 'just some words', 'IMAGE_UNREADABLE', /plain text/],
    ['nothing', '', 'IMAGE_UNREADABLE', /empty/],
    ['random bytes', '\x01\x02\x03\x04\x05', 'IMAGE_UNREADABLE', /not an image/],
  ])('refuses %s', async (_name, content, code, message) => {
    await expect(inspectImage(Buffer.from(content, 'latin1'))).rejects.toEqual(failsWith(code, message));
  });

  it('leaves the image library as its host has set it', async () => {
    await inspectImage(await drawing.clone().png().toBuffer());
    const tiff = await drawing.clone().tiff().toBuffer();
    expect(await sharp(tiff).metadata()).toMatchObject({ format: 'tiff' });
  });
});

describe('limits', () => {
  it('looks at the size in bytes before anything else', async () => {
    const limits = { ...DEFAULT_IMAGE_LIMITS, maxBytes: 10 };
    await expect(inspectImage(Buffer.alloc(11), limits)).rejects.toEqual(failsWith('IMAGE_TOO_LARGE', /limit is/));
  });

  it.each([
    ['a bomb within every side', 11_000, 11_000, 'IMAGE_TOO_LARGE', /megapixels/],
    ['a side too long', 12_001, 100, 'IMAGE_TOO_LARGE', /12000/],
    ['a header that lies', 60_000, 60_000, 'IMAGE_TOO_LARGE', /./],
    ['a speck', 15, 400, 'IMAGE_UNSUPPORTED', /16/],
  ])('refuses %s by its header', async (_name, width, height, code, message) => {
    await expect(inspectImage(headerOnlyPng(width, height))).rejects.toEqual(failsWith(code, message));
    await expect(decodeImage(headerOnlyPng(width, height))).rejects.toEqual(failsWith(code, message));
  });

  it('reduces to the working size, keeping proportions, and never enlarges', async () => {
    const limits = { ...DEFAULT_IMAGE_LIMITS, maxWorkingSide: 32 };
    const decoded = await decodeImage(await drawing.clone().png().toBuffer(), { limits });
    expect(decoded.raster).toMatchObject({ width: 32, height: 24 });
    expect(decoded).toMatchObject({ width: 64, height: 48, warnings: [expect.stringContaining('reduced')] });
  });
});

describe('damage', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('refuses a truncated %s', async (format) => {
    const bytes = await drawing.clone().toFormat(format).toBuffer();
    await expect(decodeImage(bytes.subarray(0, bytes.length * 0.6))).rejects.toEqual(
      failsWith('IMAGE_UNREADABLE', /damaged/),
    );
  });

  it('refuses a PNG whose pixels are not what it says', async () => {
    const broken = headerOnlyPng(64, 64, deflateSync(Buffer.from('too short')));
    await expect(decodeImage(broken)).rejects.toEqual(failsWith('IMAGE_UNREADABLE', /damaged/));
  });
});

describe('content', () => {
  const solid = (
    background: string | { r: number; g: number; b: number; alpha: number },
    channels: 3 | 4 = 4,
  ): Promise<Buffer> =>
    sharp({ create: { width: 40, height: 40, channels, background } })
      .png()
      .toBuffer();

  it('refuses an image that is transparent all over, or of one colour', async () => {
    await expect(decodeImage(await solid({ r: 9, g: 9, b: 9, alpha: 0 }))).rejects.toEqual(
      failsWith('IMAGE_UNSUPPORTED', /transparent/),
    );
    await expect(decodeImage(await solid('#336699', 3))).rejects.toEqual(
      failsWith('IMAGE_UNSUPPORTED', /single colour/),
    );
  });

  it('clears what hides under transparent pixels and drops alpha that is not used', async () => {
    const data = Buffer.alloc(20 * 20 * 4, 200);
    for (let pixel = 0; pixel < 200; pixel++) data[pixel * 4 + 3] = 0;
    const raw = { raw: { width: 20, height: 20, channels: 4 as const } };
    const { raster } = await decodeImage(await sharp(data, raw).png().toBuffer());
    expect(raster.channels).toBe(4);
    expect([...raster.data.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect([...raster.data.subarray(-4)]).toEqual([200, 200, 200, 200]);
    const opaque = await decodeImage(await drawing.clone().ensureAlpha().png().toBuffer());
    expect(opaque.raster.channels).toBe(3);
  });

  it('turns a photo upright', async () => {
    const bytes = await drawing.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    await expect(inspectImage(bytes)).resolves.toMatchObject({ width: 48, height: 64 });
    await expect(decodeImage(bytes)).resolves.toMatchObject({ raster: { width: 48, height: 64 } });
  });

  it('converts grey, 16-bit and print images to 8-bit sRGB', async () => {
    const grey = await decodeImage(await drawing.clone().greyscale().png().toBuffer());
    expect(grey.raster.channels).toBe(3);
    const deep = await decodeImage(await drawing.clone().toColourspace('rgb16').png().toBuffer());
    expect(deep.raster.data).toEqual((await decodeImage(await drawing.clone().png().toBuffer())).raster.data);
    const print = await decodeImage(await drawing.clone().toColourspace('cmyk').jpeg().toBuffer());
    expect(print).toMatchObject({ raster: { channels: 3 }, warnings: [expect.stringContaining('CMYK')] });
  });

  it('applies a colour profile', async () => {
    const wide = await drawing.clone().withIccProfile('p3').png().toBuffer();
    const plain = await decodeImage(await drawing.clone().png().toBuffer());
    const { raster } = await decodeImage(wide);
    const worst = raster.data.reduce(
      (most, value, index) => Math.max(most, Math.abs(value - plain.raster.data[index]!)),
      0,
    );
    expect(worst).toBeLessThan(6);
  });

  it('takes the first frame of an animation and says so', async () => {
    const frames = await Promise.all(
      [PALETTES[0]!, PALETTES[1]!].map((palette) =>
        sharp(Buffer.from(discs(palette)))
          .resize(64)
          .png()
          .toBuffer(),
      ),
    );
    const animated = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [100, 100] })
      .toBuffer();
    const { raster, warnings } = await decodeImage(animated);
    expect(raster).toMatchObject({ width: 64, height: 64 });
    expect(warnings).toEqual([expect.stringContaining('first of its 2 frames')]);
  });

  it('stops for an aborted caller', async () => {
    const bytes = await drawing.clone().png().toBuffer();
    await expect(decodeImage(bytes, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('encodePng', () => {
  it('writes the same pixels, the same bytes, and no metadata', async () => {
    const { raster } = await decodeImage(await drawing.clone().withMetadata({ orientation: 1 }).jpeg().toBuffer());
    const bytes = await encodePng(raster);
    expect(await encodePng(raster)).toEqual(bytes);
    expect((await decodeImage(bytes)).raster.data).toEqual(raster.data);
    const { exif, icc, xmp } = await sharp(bytes).metadata();
    expect({ exif, icc, xmp }).toEqual({ exif: undefined, icc: undefined, xmp: undefined });
  });

  it('keeps alpha', async () => {
    const data = Uint8Array.from({ length: 20 * 20 * 4 }, (_, index) => ((index * 7) % 255) | 1);
    const bytes = await encodePng({ data, width: 20, height: 20, channels: 4 }, { flat: true });
    expect((await decodeImage(bytes)).raster.data).toEqual(data);
  });
});
