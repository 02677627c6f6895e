import { pageBounds, type PageRequest } from '../../../core/page-request.ts';

interface Ordered {
  readonly order: number;
}

/** A page of rows, newest first. @throws ConceptError INVALID_INPUT */
export function pageOf<Row extends Ordered>(
  rows: Iterable<Row>,
  request: PageRequest,
): { readonly rows: readonly Row[]; readonly nextCursor: string | null } {
  const { limit, before } = pageBounds(request);
  const found = [...rows].filter((row) => row.order < before).toSorted((a, b) => b.order - a.order);
  const page = found.slice(0, limit);
  return { rows: page, nextCursor: found.length > limit ? String(page.at(-1)!.order) : null };
}
