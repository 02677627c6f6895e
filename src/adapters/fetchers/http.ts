import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { abortError } from '../../core/abort.ts';
import { ConceptError } from '../../core/errors.ts';
import type { ImageFetcher } from '../../ports/image-fetcher.ts';
import { blockedUrl, nameOf } from './http/blocked-url.ts';
import type { AddressPolicy } from './http/address-policy.ts';
import { ofConnection, ofStatus } from './http/fetch-error.ts';
import { pinnedLookup, type Resolve } from './http/pinned-lookup.ts';
import { readBody } from './http/read-body.ts';
import { request } from './http/request.ts';
import { checkUrl } from './http/url-policy.ts';

export type { Resolve } from './http/pinned-lookup.ts';

export interface HttpImageFetcherOptions {
  /** Lets http and https URLs of loopback addresses through, on any port. Default: false. */
  readonly allowHttpLoopback?: boolean | undefined;
  /** Default: 20 MB. */
  readonly maxBytes?: number | undefined;
  /** For everything together: name, connection, redirects, body. Default: 15 000. */
  readonly timeoutMs?: number | undefined;
  /** Default: 3. */
  readonly maxRedirects?: number | undefined;
  /** Finds the addresses of a name. Default: the operating system. */
  readonly resolve?: Resolve | undefined;
  /** The current time in milliseconds, to which a Retry-After date is compared. Default: Date.now. */
  readonly now?: (() => number) | undefined;
}

type Settings = { readonly [Key in keyof HttpImageFetcherOptions]-?: NonNullable<HttpImageFetcherOptions[Key]> };

interface Journey {
  readonly settings: Settings;
  readonly policy: AddressPolicy;
  readonly signal: AbortSignal;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Fetches images from the public internet, and from nowhere else: see {@link ImageFetcher}. */
export function httpImageFetcher(options: HttpImageFetcherOptions = {}): ImageFetcher {
  const settings = withDefaults(options);
  const policy: AddressPolicy = { allowLoopback: settings.allowHttpLoopback };
  return {
    check(url) {
      checkUrl(url, policy);
    },
    async fetch(url, { signal } = {}) {
      const start = checkUrl(url, policy);
      const timeout = AbortSignal.timeout(settings.timeoutMs);
      const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
      try {
        return { bytes: await follow(start, { settings, policy, signal: either }) };
      } catch (thrown) {
        if (signal?.aborted) throw abortError(signal);
        if (timeout.aborted) throw timedOut(start, settings.timeoutMs);
        throw ofConnection(start, thrown);
      }
    },
  };
}

function withDefaults(options: HttpImageFetcherOptions): Settings {
  return {
    allowHttpLoopback: options.allowHttpLoopback ?? false,
    maxBytes: options.maxBytes ?? 20 * 1024 * 1024,
    timeoutMs: options.timeoutMs ?? 15_000,
    maxRedirects: options.maxRedirects ?? 3,
    resolve: options.resolve ?? resolveBySystem,
    now: options.now ?? Date.now,
  };
}

/** Follows redirects by hand, since every hop has to pass the same checks as the first URL. */
async function follow(start: URL, { settings, policy, signal }: Journey): Promise<Uint8Array> {
  const lookupChecked = pinnedLookup(settings.resolve, policy);
  let url = start;
  for (let hop = 0; hop <= settings.maxRedirects; hop++) {
    const response = await request(url, { lookup: lookupChecked, signal });
    try {
      const next = redirectTarget(response, url);
      if (next === null) return await bodyOf(response, url, settings);
      url = checkUrl(next, policy);
    } finally {
      response.destroy();
    }
  }
  throw blockedUrl(`${nameOf(start)} redirects more than ${settings.maxRedirects} times`, 'use the final URL');
}

function redirectTarget(response: IncomingMessage, url: URL): string | null {
  const { location } = response.headers;
  if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return null;
  if (!URL.canParse(location, url.href)) throw blockedUrl(`${nameOf(url)} redirects to a URL that cannot be read`);
  return new URL(location, url).href;
}

async function bodyOf(response: IncomingMessage, url: URL, { maxBytes, now }: Settings): Promise<Uint8Array> {
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) throw ofStatus(url, status, response.headers['retry-after'], now());
  return await readBody(response, url, maxBytes);
}

async function resolveBySystem(host: string): ReturnType<Resolve> {
  const addresses = await lookup(host, { all: true });
  return addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

function timedOut(url: URL, timeoutMs: number): ConceptError {
  return new ConceptError('IMAGE_FETCH_FAILED', `${nameOf(url)} took longer than ${timeoutMs / 1000} s`, {
    hint: 'the server may be faster later',
  });
}
