/** Time and randomness, injected so that tests can hold both still. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Milliseconds from an arbitrary start, for durations: never steps, whatever happens to the time of day. */
  monotonic(): number;
  /** A number in [0, 1), for jitter. */
  random(): number;
  /** `length` bytes for ids and lease tokens, from a cryptographic source in production. */
  randomBytes(length: number): Uint8Array;
}
