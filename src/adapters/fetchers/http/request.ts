import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { ofConnection } from './fetch-error.ts';

const ACCEPTED = 'image/png, image/jpeg, image/webp, image/avif, image/gif';

export interface RequestOptions {
  readonly lookup: LookupFunction;
  readonly signal: AbortSignal;
}

/**
 * Sends one GET without following redirects. No agent: a kept connection would skip the lookup and its check. Proxies
 * from the environment are not used for the same reason.
 */
export function request(url: URL, { lookup, signal }: RequestOptions): Promise<IncomingMessage> {
  const { get } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const headers = { accept: ACCEPTED, 'accept-encoding': 'identity', 'user-agent': 'concept' };
    const sent = get(url, { agent: false, lookup, signal, headers }, resolve);
    sent.on('error', (error) => reject(ofConnection(url, error)));
  });
}
