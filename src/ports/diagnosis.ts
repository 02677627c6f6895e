import { type ErrorCode, toConceptError } from '../core/errors.ts';
import type { CallOptions } from './task-store.ts';

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

export const BACKEND_PARTS = ['store', 'queue', 'blobs'] as const;
export type BackendPart = (typeof BACKEND_PARTS)[number];

/** A problem, and which of the backends has it. */
export interface PartProblem extends Problem {
  readonly part: BackendPart;
}

/** The problems of all parts, each with the part that has it. */
export function problemsOfParts(parts: Readonly<Record<BackendPart, Diagnosis>>): readonly PartProblem[] {
  return BACKEND_PARTS.flatMap((part) => parts[part].problems.map((problem) => ({ part, ...problem })));
}

/** Whatever can look at itself. */
export interface Diagnosable {
  diagnose(options?: CallOptions): Promise<Diagnosis>;
}

/** What a backend says of itself; one that cannot is a problem, not an error. @throws when the signal is aborted */
export async function diagnosisOf(part: Diagnosable, signal: AbortSignal | undefined): Promise<Diagnosis> {
  try {
    return await part.diagnose({ signal });
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    return { facts: {}, problems: [problemOf(thrown)] };
  }
}

/** Where errors send their reader; whoever reads a problem is there. */
const TO_DOCTOR = /[:,;] concept doctor$/;

/** An error as the problem that it is. @param otherwise the hint for one that has none. */
export function problemOf(thrown: unknown, otherwise = 'look at the settings with: concept config'): Problem {
  const { code, message, hint = otherwise } = toConceptError(thrown);
  return { code, message, hint: hint.replace(TO_DOCTOR, '') };
}
