import { invalidInput } from '../../../core/errors.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;

export interface PageRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** What to read for a page, newest first: rows with a number below `beforeSeq`, one more than the page has. */
export interface PageBounds {
  readonly limit: number;
  readonly beforeSeq: number;
}

/** @throws ConceptError INVALID_INPUT */
export function pageBounds({ limit = DEFAULT_LIMIT, cursor }: PageRequest): PageBounds {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw invalidInput('limit', `expected a whole number from 1 to ${MAX_LIMIT}, received ${limit}`);
  }
  return { limit, beforeSeq: cursor === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(cursor) };
}

/** The cursor is the row number of the last row given, so rows added later never shift a page. */
export function cutPage<Row extends { readonly seq: number }>(
  rows: readonly Row[],
  { limit }: PageBounds,
): { readonly rows: readonly Row[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit);
  return { rows: page, nextCursor: rows.length > limit ? String(page.at(-1)!.seq) : null };
}

function parseCursor(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw invalidInput('cursor', 'not a cursor of this list', 'pass the nextCursor of the page before');
}
