import { invalidInput } from './errors.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;

export interface PageRequest {
  /** 1 to 1,000, default 50. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** A page of rows that are numbered as they are made, newest first: at most `limit` with a number below `before`. */
export interface PageBounds {
  readonly limit: number;
  readonly before: number;
}

/**
 * The cursor is the number of the last row given, so rows added later never shift a page.
 * @throws ConceptError INVALID_INPUT
 */
export function pageBounds({ limit = DEFAULT_LIMIT, cursor }: PageRequest): PageBounds {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw invalidInput('limit', `expected a whole number from 1 to ${MAX_LIMIT}, received ${limit}`);
  }
  return { limit, before: cursor === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(cursor) };
}

/** Cuts rows that were read with one more than the page has, newest first. */
export function cutPage<Row extends { readonly seq: number }>(
  rows: readonly Row[],
  { limit }: Pick<PageBounds, 'limit'>,
): { readonly rows: readonly Row[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit);
  return { rows: page, nextCursor: rows.length > limit ? String(page.at(-1)!.seq) : null };
}

function parseCursor(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw invalidInput('cursor', 'not a cursor of this list', 'pass the nextCursor of the page before');
}
