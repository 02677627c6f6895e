import { crc32 } from 'node:zlib';

/** CRC-32 of a text as it is stored: tells damage on the way to the disk and back, not tampering. */
export function checksumOf(text: string): number {
  return crc32(text);
}
