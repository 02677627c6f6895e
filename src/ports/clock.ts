/** Time and randomness, injected so that tests can hold both still. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Milliseconds that never step, whatever happens to {@link now}; comparable between processes of one boot. */
  monotonic(): number;
  /** A number in [0, 1), for jitter. */
  random(): number;
  /** `length` bytes for ids and lease tokens, from a cryptographic source in production. */
  randomBytes(length: number): Uint8Array;
}
