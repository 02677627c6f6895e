/** An answer that is an error, in PostgREST's form. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: object;

  constructor(status: number, code: string, message: string, more: { details?: unknown; hint?: unknown } = {}) {
    super(message);
    this.status = status;
    this.body = { code, details: more.details ?? null, hint: more.hint ?? null, message };
  }
}

interface DatabaseError {
  readonly code?: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}

const STATUSES: Readonly<Record<string, number>> = {
  '23503': 409,
  '23505': 409,
  '25006': 405,
  '42883': 404,
  '42P01': 404,
  '42P17': 500,
  P0001: 400,
};
/** By the first two characters of an SQLSTATE. */
const CLASS_STATUSES: Readonly<Record<string, number>> = {
  '08': 503,
  '09': 500,
  '0A': 400,
  '0L': 403,
  '0P': 403,
  '21': 400,
  '22': 400,
  '23': 400,
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

/** What PostgREST makes of an error of the database. */
export function fromDatabase(thrown: unknown, isAnonymous: boolean): ApiError {
  const { code = '08006', message, detail, hint } = thrown as DatabaseError;
  const more = { details: detail, hint };
  const own = /^PT(\d{3})$/.exec(code)?.[1];
  if (own !== undefined) return new ApiError(Number(own), code, message, more);
  if (code === '42501') return new ApiError(isAnonymous ? 401 : 403, code, message, more);
  if (code === '57P01') return new ApiError(503, code, message, more);
  return new ApiError(STATUSES[code] ?? CLASS_STATUSES[code.slice(0, 2)] ?? 400, code, message, more);
}
