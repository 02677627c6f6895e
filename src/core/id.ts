const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Any UUID from outside is accepted, whatever its version. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}

const LENGTH = 36;
/** Where each of the sixteen bytes is written: dashes stand between them. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const DIGITS = Buffer.from('0123456789abcdef', 'latin1');

/** Ids are written here, one after the other; thousands are made in one call. */
const page = Buffer.alloc(LENGTH, '-', 'latin1');

/**
 * A UUID version 7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then random bits, so ids sort by creation time.
 * @param timeMs Unix time in milliseconds, from the caller's clock.
 * @param random at least 10 random bytes.
 */
export function uuidV7(timeMs: number, random: Uint8Array): string {
  const high = Math.floor(timeMs / 2 ** 16);
  const low = timeMs % 2 ** 16;
  write(0, high >>> 24);
  write(1, high >>> 16);
  write(2, high >>> 8);
  write(3, high);
  write(4, low >>> 8);
  write(5, low);
  write(6, 0x70 | (random[0]! & 0x0f));
  write(7, random[1]!);
  write(8, 0x80 | (random[2]! & 0x3f));
  for (let index = 9; index < PLACES.length; index++) write(index, random[index - 6]!);
  // One piece: a text joined from pieces takes several times the memory, and ids are kept by the hundred thousand.
  return page.toString('latin1');
}

function write(index: number, byte: number): void {
  const place = PLACES[index]!;
  page[place] = DIGITS[(byte >>> 4) & 0xf]!;
  page[place + 1] = DIGITS[byte & 0xf]!;
}
