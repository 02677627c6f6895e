import type { IncomingHttpHeaders } from 'node:http';
import { gatewayError } from './api-error.ts';
import { type Claims, keyToken, verifyToken } from './tokens.ts';

/** The keys of every doubled project; the tokens are those of projects from before the others. */
export interface ProjectKeys {
  readonly publishable: string;
  readonly secret: string;
  readonly anonToken: string;
  readonly serviceToken: string;
}

export function projectKeys(
  own: { readonly publishable: string; readonly secret: string },
  signing: string,
): ProjectKeys {
  return { ...own, anonToken: keyToken('anon', signing), serviceToken: keyToken('service_role', signing) };
}

/**
 * Who asks. The gateway lets no request without one of the project's keys through, and gives the short ones a role; whatever else
 * says who somebody is, is a token.
 * @throws ApiError
 */
export function identify(headers: IncomingHttpHeaders, keys: ProjectKeys, signing: string): Claims {
  const key = headers['apikey'];
  if (typeof key !== 'string') {
    const hint = 'No `apikey` request header or url param was found.';
    throw gatewayError(401, 'No API key found in request', hint);
  }
  if (!Object.values(keys).includes(key)) {
    const hint = 'Double check your Supabase `anon` or `service_role` API key.';
    throw gatewayError(401, 'Invalid API key', hint);
  }
  const isShort = key === keys.publishable || key === keys.secret;
  const bearer = headers.authorization?.replace(/^Bearer( |$)/i, '');
  if (isShort && (bearer === undefined || bearer === key)) {
    return { role: key === keys.secret ? 'service_role' : 'anon' };
  }
  return bearer === undefined ? { role: 'anon' } : { role: 'anon', ...verifyToken(bearer, signing) };
}
