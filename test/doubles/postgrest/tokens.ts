import { createHmac, timingSafeEqual } from 'node:crypto';
import { ApiError } from './api-error.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** A token as the project's auth service signs it. */
export function signToken(claims: Claims, secret: string): string {
  const [head, body] = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => encode(JSON.stringify(part)));
  return `${head}.${body}.${signatureOf(`${head}.${body}`, secret)}`;
}

/** @throws ApiError PGRST301 for what is no token of ours, PGRST303 for one that is not in force. */
export function verifyToken(token: string, secret: string): Claims {
  const parts = token.split('.');
  if (token === '') throw new ApiError(401, 'PGRST301', 'Empty JWT is sent in Authorization header');
  if (parts.length !== 3) {
    throw new ApiError(401, 'PGRST301', `Expected 3 parts in JWT; got ${parts.length}`);
  }
  const [head, body, signature] = parts as [string, string, string];
  const expected = Buffer.from(signatureOf(`${head}.${body}`, secret));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new ApiError(401, 'PGRST301', 'No suitable key or wrong key type');
  }
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
  const { exp } = claims;
  if (exp !== undefined && typeof exp !== 'number')
    throw new ApiError(401, 'PGRST303', "The JWT 'exp' claim must be a number");
  if (exp !== undefined && exp < Date.now() / 1_000 - 30) throw new ApiError(401, 'PGRST303', 'JWT expired');
  return claims;
}

function signatureOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
