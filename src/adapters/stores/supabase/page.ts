import type { PageBounds } from '../../../core/page-request.ts';

/** Cuts rows that were asked for with one more than the page has, newest first. */
export function pageOf<Row extends { readonly seq: number }>(
  rows: readonly Row[],
  { limit }: PageBounds,
): { readonly rows: readonly Row[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit);
  return { rows: page, nextCursor: rows.length > limit ? String(page.at(-1)!.seq) : null };
}
