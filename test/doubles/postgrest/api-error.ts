/** An answer that is an error, in PostgREST's form; that of the gateway before it has no code. */
export interface ApiError extends Error {
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
}

interface More {
  readonly details?: unknown;
  readonly hint?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function apiError(status: number, code: string, message: string, more: More = {}): ApiError {
  const body = { code, details: more.details ?? null, hint: more.hint ?? null, message };
  return Object.assign(new Error(message), { status, body, headers: more.headers ?? {} });
}

/** The gateway's own refusal. */
export function gatewayError(status: number, message: string, hint?: string): ApiError {
  const body = hint === undefined ? { message } : { message, hint };
  return Object.assign(new Error(message), { status, body, headers: {} });
}

export function isApiError(thrown: unknown): thrown is ApiError {
  return thrown instanceof Error && 'body' in thrown && 'status' in thrown;
}

interface DatabaseError {
  readonly code?: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}

const STATUSES: Readonly<Record<string, number>> = {
  '21000': 500,
  '23503': 409,
  '23505': 409,
  '25006': 405,
  '42883': 404,
  '42P01': 404,
  '42P17': 500,
  '53400': 500,
  '57P01': 503,
  P0001: 400,
};
/** By the first two characters of an SQLSTATE; of all others the request is at fault. */
const CLASS_STATUSES: Readonly<Record<string, number>> = {
  '08': 503,
  '09': 500,
  '0L': 403,
  '0P': 403,
  '25': 500,
  '28': 403,
  '2D': 500,
  '38': 500,
  '39': 500,
  '3B': 500,
  '40': 500,
  '53': 503,
  '54': 500,
  '55': 500,
  '57': 500,
  '58': 500,
  F0: 500,
  HV: 500,
  P0: 500,
  XX: 500,
};
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** What PostgREST makes of an error of the database, or of the loss of its connection. */
export function fromDatabase(thrown: unknown, isAnonymous: boolean): ApiError {
  const { code, message, detail, hint } = thrown as DatabaseError;
  if (code === undefined || !SQLSTATE.test(code)) {
    return apiError(503, 'PGRST001', 'Database client error. Retrying the connection.', { details: message });
  }
  const status = statusOf(code, message, isAnonymous);
  const headers = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  return apiError(status, code, message, { details: detail, hint, headers });
}

function statusOf(code: string, message: string, isAnonymous: boolean): number {
  const own = /^PT(\d{3})$/.exec(code)?.[1];
  if (own !== undefined) return Number(own);
  if (code === '42501') return isAnonymous ? 401 : 403;
  if (code === '22023' && /^role .* does not exist$/.test(message)) return 401;
  return STATUSES[code] ?? CLASS_STATUSES[code.slice(0, 2)] ?? 400;
}
