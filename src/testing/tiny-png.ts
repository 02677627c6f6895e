import { crc32, deflateSync } from 'node:zlib';

export type Rgb = readonly [red: number, green: number, blue: number];

const SIGNATURE = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const RGB_COLOUR_TYPE = 2;

/**
 * A real PNG (8-bit RGB, PNG specification third edition) without an image library.
 * @param colourAt the colour of each pixel.
 */
export function tinyPng(width: number, height: number, colourAt: (x: number, y: number) => Rgb): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, RGB_COLOUR_TYPE, 0, 0, 0], 8);
  const scanlines = deflateSync(scanlinesOf(width, height, colourAt));
  const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', scanlines), pngChunk('IEND', new Uint8Array())];
  return new Uint8Array(Buffer.concat([SIGNATURE, ...chunks]));
}

function scanlinesOf(width: number, height: number, colourAt: (x: number, y: number) => Rgb): Uint8Array {
  const bytes: number[] = [];
  for (let y = 0; y < height; y += 1) {
    // Every line begins with its filter: none.
    bytes.push(0);
    for (let x = 0; x < width; x += 1) bytes.push(...colourAt(x, y));
  }
  return Uint8Array.from(bytes);
}

/** A PNG chunk: length, type, data, checksum. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
