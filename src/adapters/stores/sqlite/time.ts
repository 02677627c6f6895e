import { invalidInput } from '../../../core/errors.ts';

let lastMs = Number.NaN;
let lastIso = '';

/** Rows of one transaction share their times: the last one is worth remembering. */
export function isoOf(timeMs: number): string {
  if (timeMs !== lastMs) {
    lastIso = new Date(timeMs).toISOString();
    lastMs = timeMs;
  }
  return lastIso;
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
