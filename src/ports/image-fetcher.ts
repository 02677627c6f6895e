import type { CallOptions } from './task-store.ts';

export interface FetchedImage {
  readonly bytes: Uint8Array;
}

/** Downloads a user's image URL without ever reaching into a private network. */
export interface ImageFetcher {
  /**
   * Checks a URL as far as that goes without the network: scheme, credentials, literal addresses.
   * @throws IMAGE_URL_BLOCKED
   */
  check(url: string): void;

  /**
   * https only, public addresses only (checked after DNS and at every redirect, on the very address that is connected to),
   * within size and time limits. @throws IMAGE_URL_BLOCKED; IMAGE_TOO_LARGE; IMAGE_FETCH_FAILED (retryable for 5xx and time-outs).
   */
  fetch(url: string, options?: CallOptions): Promise<FetchedImage>;
}
