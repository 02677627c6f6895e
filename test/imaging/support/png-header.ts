import { deflateSync } from 'node:zlib';
import { pngChunk } from '../../../src/testing/tiny-png.ts';

/** A PNG that declares any size, with hardly any pixels behind it. */
export function headerOnlyPng(width: number, height: number, pixels: Buffer = deflateSync(Buffer.alloc(64))): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', pixels),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}
