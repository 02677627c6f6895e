import { createHmac } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';

export interface UserTokenOptions {
  /** The project's signing secret. */
  readonly secret: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly seconds: number;
}

/** A token by which the project takes the caller for this user (JSON Web Token, RFC 7519, signed by HS256). */
export function signUserToken(userId: string, { secret, clock, seconds }: UserTokenOptions): string {
  const issuedAt = Math.floor(clock.now() / 1_000);
  const claims = { sub: userId, role: 'authenticated', aud: 'authenticated', iat: issuedAt, exp: issuedAt + seconds };
  const text = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => base64(JSON.stringify(part))).join('.');
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64url');
}
