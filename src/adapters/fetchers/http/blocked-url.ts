import { ConceptError } from '../../../core/errors.ts';

/** What a message may say of a URL: scheme, host and path. Credentials and query often carry secrets. */
export function nameOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

export function blockedUrl(
  message: string,
  hint = 'use an https URL of a public server, or pass a file',
): ConceptError {
  return new ConceptError('IMAGE_URL_BLOCKED', message, { hint });
}
