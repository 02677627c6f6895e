import type { SqlValue } from './driver.ts';
import type { Session } from './session.ts';

/** A statement over rows that are named by their numbers. */
export interface BySeqs {
  readonly range: string;
  readonly list: string;
}

/** @param statement ends with the condition that it is given; its own parameters are numbered. */
export function bySeqs(statement: (condition: string) => string): BySeqs {
  return {
    range: statement('seq BETWEEN ? AND ?'),
    list: statement('seq IN (SELECT value FROM json_each(?))'),
  };
}

/**
 * Runs it for these rows. Tasks that came one after the other are claimed and completed so: a range of them needs no list, which
 * SQLite would have to read and sort first.
 * @returns the number of rows changed.
 */
export function runBySeqs(
  session: Session,
  { range, list }: BySeqs,
  parameters: readonly SqlValue[],
  seqs: ReadonlySet<number>,
): number {
  let first = Infinity;
  let last = -Infinity;
  for (const seq of seqs) {
    if (seq < first) first = seq;
    if (seq > last) last = seq;
  }
  if (last - first + 1 === seqs.size) return session.run(range, ...parameters, first, last);
  return session.run(list, ...parameters, JSON.stringify([...seqs]));
}
