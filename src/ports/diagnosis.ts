import { type ErrorCode, toConceptError } from '../core/errors.ts';

/** What a backend says of itself. A backend that cannot be reached says so here; it does not fail. */
export interface Diagnosis {
  /** Name and value of what a reader may want to know, such as the version of the database. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly problems: readonly Problem[];
}

/** What is wrong, and what to do about it. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** An error as the problem that it is. @param otherwise the hint for one that has none. */
export function problemOf(thrown: unknown, otherwise = 'look at the settings with: concept config'): Problem {
  const { code, message, hint = otherwise } = toConceptError(thrown);
  return { code, message, hint };
}
