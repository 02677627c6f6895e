import { ConceptError } from '../core/errors.ts';
import type { ImageFormat } from './image-format.ts';

type Sniffer = (head: string) => boolean;

const SUPPORTED: ReadonlyArray<readonly [ImageFormat, Sniffer]> = [
  ['png', (head) => head.startsWith('\x89PNG\r\n\x1a\n')],
  ['jpeg', (head) => head.startsWith('\xff\xd8\xff')],
  ['gif', (head) => /^GIF8[79]a/.test(head)],
  ['webp', (head) => head.startsWith('RIFF') && head.startsWith('WEBP', 8)],
  ['avif', (head) => isoBrands(head).some((brand) => brand === 'avif' || brand === 'avis')],
];

// Only to tell the user what was sent instead; none of these reaches a decoder.
const RECOGNISED: ReadonlyArray<readonly [name: string, Sniffer]> = [
  ['an SVG drawing', (head) => /<svg[\s>]/i.test(head)],
  ['an HTML page', (head) => /^\s*(<!doctype html|<html|<head|<body)/i.test(head)],
  ['an XML document', (head) => /^\s*<\?xml/i.test(head)],
  ['a PDF document', (head) => head.startsWith('%PDF-')],
  ['a HEIC photo', (head) => isoBrands(head).some((brand) => /^(heic|heix|hevc|heim|heis|mif1)$/.test(brand))],
  ['a TIFF image', (head) => head.startsWith('II*\0') || head.startsWith('MM\0*')],
  ['a JPEG XL image', (head) => head.startsWith('\xff\x0a') || head.startsWith('JXL ', 4)],
  ['a JPEG 2000 image', (head) => head.startsWith('jP  ', 4)],
  ['a Photoshop file', (head) => head.startsWith('8BPS')],
  ['an icon file (ICO)', (head) => head.startsWith('\0\0\x01\0')],
  ['a BMP image', (head) => head.startsWith('BM')],
  ['a ZIP archive', (head) => head.startsWith('PK\x03\x04')],
  ['a video', (head) => head.startsWith('ftyp', 4)],
];

// An SVG may carry a licence comment before its root element.
const HEAD_BYTES = 1024;

/**
 * Tells the format by the magic bytes. This is the gate before the image library: bytes that are not one of the five
 * formats never reach it, whatever their name or declared type says.
 * @throws IMAGE_UNSUPPORTED for a known format that is not accepted; IMAGE_UNREADABLE for anything else.
 */
export function sniffFormat(bytes: Uint8Array): ImageFormat {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(HEAD_BYTES, bytes.byteLength)).toString('latin1');
  for (const [format, matches] of SUPPORTED) if (matches(head)) return format;
  for (const [name, matches] of RECOGNISED) if (matches(head)) throw unsupported(name);
  if (bytes.byteLength === 0) throw unreadable('the image is empty (0 bytes)');
  throw unreadable(isText(head) ? 'expected an image, received plain text' : 'the file is not an image');
}

/** Major and compatible brands of an ISO base media file (AVIF, HEIC, MP4). */
function isoBrands(head: string): string[] {
  if (!head.startsWith('ftyp', 4)) return [];
  const boxLength = Math.min(head.charCodeAt(2) * 256 + head.charCodeAt(3), head.length);
  return head.slice(8, boxLength).match(/[\s\S]{4}/g) ?? [];
}

function isText(head: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what tells binary from text
  return !/[\x00-\x08\x0e-\x1f]/.test(head);
}

function unsupported(name: string): ConceptError {
  return new ConceptError('IMAGE_UNSUPPORTED', `${name} cannot be used as an image here`, { hint: CONVERT_HINT });
}

function unreadable(message: string): ConceptError {
  return new ConceptError('IMAGE_UNREADABLE', message, { hint: CONVERT_HINT });
}

const CONVERT_HINT = 'send a PNG, JPEG, WebP, AVIF or GIF';
