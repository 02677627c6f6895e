import { ConceptError } from '../../../../core/errors.ts';

/** An SVG of ours as PNG. The encoder's options are fixed: equal pictures are equal bytes. @throws PROVIDER_FAILED */
export async function rasterise(svg: string): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  try {
    return await sharp(Buffer.from(svg)).png({ compressionLevel: 6, palette: false }).toBuffer();
  } catch (error) {
    throw new ConceptError('PROVIDER_FAILED', 'the built-in provider could not draw its picture', {
      hint: 'try again; if it persists, run `npm rebuild sharp`',
      cause: error,
    });
  }
}
