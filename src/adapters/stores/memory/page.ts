import { invalidInput } from '../../../core/errors.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;

interface Ordered {
  readonly order: number;
}

/** Newest first; the cursor is the order number of the last row given, so rows added later never shift a page. */
export function pageOf<Row extends Ordered>(
  rows: Iterable<Row>,
  { limit = DEFAULT_LIMIT, cursor }: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
): { readonly rows: readonly Row[]; readonly nextCursor: string | null } {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw invalidInput('limit', `expected a whole number from 1 to ${MAX_LIMIT}, received ${limit}`);
  }
  const before = cursor === undefined ? Infinity : parseCursor(cursor);
  const found = [...rows].filter((row) => row.order < before).toSorted((a, b) => b.order - a.order);
  const page = found.slice(0, limit);
  return { rows: page, nextCursor: found.length > limit ? String(page.at(-1)!.order) : null };
}

function parseCursor(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw invalidInput('cursor', 'not a cursor of this list', 'pass the nextCursor of the page before');
}
