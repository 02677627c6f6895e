import { invalidInput } from '../../../core/errors.ts';

export function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

export function isoOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : isoOf(timeMs);
}

/** @throws ConceptError INVALID_INPUT when the text is no time. */
export function msOf(iso: string, field: string): number {
  const timeMs = Date.parse(iso);
  if (!Number.isNaN(timeMs)) return timeMs;
  throw invalidInput(field, `expected an ISO 8601 time, received ${JSON.stringify(iso.slice(0, 50))}`);
}

export function msOrNull(iso: string | null, field: string): number | null {
  return iso === null ? null : msOf(iso, field);
}
