import { createHmac, timingSafeEqual } from 'node:crypto';
import { type ApiError, apiError } from './api-error.ts';

export type Claims = Readonly<Record<string, unknown>>;

const LIFETIME_SECONDS = 3_600;
/** By how much the clocks of who signs and who checks may differ. */
const SKEW_SECONDS = 30;

/** A token as the project's auth service signs it. */
export function signToken(claims: Claims, secret: string): string {
  const [head, body] = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => encode(JSON.stringify(part)));
  return `${head}.${body}.${signatureOf(`${head}.${body}`, secret)}`;
}

/** The token of a signed-in user; `claims` may overwrite any, and leave one out by undefined. */
export function userToken(userId: string, secret: string, claims: Claims = {}): string {
  const exp = Math.floor(Date.now() / 1_000) + LIFETIME_SECONDS;
  return signToken({ sub: userId, role: 'authenticated', aud: 'authenticated', exp, ...claims }, secret);
}

/** The two long-lived keys that older projects have: tokens of a role without a user. */
export function keyToken(role: 'anon' | 'service_role', secret: string): string {
  return signToken({ iss: 'supabase', ref: 'double', role, iat: 1_700_000_000, exp: 4_000_000_000 }, secret);
}

/** @throws ApiError PGRST301 for what is no token of ours, PGRST303 for one that is not in force. */
export function verifyToken(token: string, secret: string): Claims {
  if (token === '') throw refused('PGRST301', 'Empty JWT is sent in Authorization header');
  const parts = token.split('.');
  if (parts.length !== 3) throw refused('PGRST301', `Expected 3 parts in JWT; got ${parts.length}`);
  const [head, body, signature] = parts as [string, string, string];
  const expected = Buffer.from(signatureOf(`${head}.${body}`, secret));
  const given = Buffer.from(signature);
  const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isOurs || (parsed(head) as { alg?: unknown })?.alg !== 'HS256') {
    throw refused('PGRST301', 'No suitable key or wrong key type', 'None of the keys was able to decode the JWT');
  }
  const claims = parsed(body);
  if (typeof claims !== 'object' || claims === null) throw refused('PGRST303', 'Parsing claims failed');
  assertInForce(claims as Claims);
  return claims as Claims;
}

function assertInForce({ exp, nbf, iat }: Claims): void {
  const now = Math.floor(Date.now() / 1_000);
  for (const [name, value] of Object.entries({ exp, nbf, iat })) {
    if (value !== undefined && typeof value !== 'number') {
      throw refused('PGRST303', `The JWT '${name}' claim must be a number`);
    }
  }
  if (typeof exp === 'number' && now - SKEW_SECONDS > exp) throw refused('PGRST303', 'JWT expired');
  if (typeof nbf === 'number' && now + SKEW_SECONDS < nbf) throw refused('PGRST303', 'JWT not yet valid');
  if (typeof iat === 'number' && now + SKEW_SECONDS < iat) throw refused('PGRST303', 'JWT issued at future');
}

function refused(code: string, message: string, details?: string): ApiError {
  const told = `Bearer error="invalid_token", error_description=${JSON.stringify(message)}`;
  return apiError(401, code, message, { details, headers: { 'www-authenticate': told } });
}

function parsed(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown;
  } catch {
    return undefined;
  }
}

function signatureOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
