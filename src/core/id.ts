const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Any UUID from outside is accepted, whatever its version. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}

/**
 * A UUID version 7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then random bits, so ids sort by creation time.
 * @param timeMs Unix time in milliseconds, from the caller's clock.
 * @param random at least 10 random bytes.
 */
export function uuidV7(timeMs: number, random: Uint8Array): string {
  const time = timeMs.toString(16).padStart(12, '0');
  const hex = Buffer.from(random.subarray(0, 10)).toString('hex');
  const variant = (0x8 | (Number.parseInt(hex[4]!, 16) & 0x3)).toString(16);
  // Joined into one piece: a text of pieces takes several times the memory, and ids are kept by the hundred thousand.
  return [time.slice(0, 8), time.slice(8), `7${hex.slice(1, 4)}`, variant + hex.slice(5, 8), hex.slice(8)].join('-');
}
