import { isIP } from 'node:net';
import { type AddressPolicy, objectionTo } from './address-policy.ts';
import { blockedUrl, nameOf } from './blocked-url.ts';

const MAX_URL_LENGTH = 2048;
const HTTPS_PORT = '443';
const LOCAL_NAME = /(^|\.)(localhost|local|internal|localdomain|home\.arpa)$/;

/**
 * Everything about a URL that can be judged without the network: https (or, where allowed, http to loopback), no
 * credentials, the standard port, no private address or local name.
 *
 * The WHATWG parser has already turned decimal, octal, hexadecimal and short spellings of IPv4 into dotted form.
 * @throws IMAGE_URL_BLOCKED
 */
export function checkUrl(text: string, policy: AddressPolicy): URL {
  const url = parse(text);
  if (url.username !== '' || url.password !== '') {
    throw blockedUrl('the image URL contains a user name or password', 'remove the part before the @ sign');
  }
  const loopback = policy.allowLoopback && isLoopbackHost(url);
  checkScheme(url, loopback);
  if (!loopback && url.port !== '' && url.port !== HTTPS_PORT) {
    throw blockedUrl(`the image URL uses port ${url.port}`, 'use the standard https port, 443');
  }
  if (!loopback) checkHost(url, policy);
  return url;
}

/** The host without the brackets of IPv6 and without the trailing dot of an absolute name. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function parse(text: string): URL {
  if (text.length > MAX_URL_LENGTH) throw blockedUrl(`the image URL is longer than ${MAX_URL_LENGTH} characters`);
  if (!URL.canParse(text)) throw blockedUrl('the image URL cannot be read');
  return new URL(text);
}

function checkScheme(url: URL, loopback: boolean): void {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) return;
  throw blockedUrl(`the image URL uses ${url.protocol.slice(0, -1)}, only https is allowed`);
}

function checkHost(url: URL, policy: AddressPolicy): void {
  const host = hostOf(url);
  const objection = isIP(host) !== 0 ? objectionTo(host, policy) : objectionToName(host);
  if (objection !== null) throw blockedUrl(`${nameOf(url)} points to ${objection}`);
}

function objectionToName(host: string): string | null {
  if (host === '' || LOCAL_NAME.test(host)) return 'a name of the local network';
  return null;
}

function isLoopbackHost(url: URL): boolean {
  const host = hostOf(url);
  if (isIP(host) === 0) return host === 'localhost';
  return objectionTo(host, { allowLoopback: false }) === 'a loopback address';
}
