import { ConceptError } from '../core/errors.ts';
import type { Rows } from './chunks.ts';
import type { PreparedSubmission } from './prepare-submission.ts';
import type { Submission } from './submission.ts';

/**
 * Rows ready to be recorded, in order: those of an array once all of them are checked, those of a stream as they come.
 * @throws ConceptError naming the first row at fault by its number from 1.
 */
export async function* preparedRows(
  rows: Rows<Submission>,
  prepare: (row: Submission) => Promise<PreparedSubmission>,
): AsyncGenerator<PreparedSubmission> {
  const prepared = oneByOne(rows, prepare);
  if (!Array.isArray(rows)) return yield* prepared;
  const all: PreparedSubmission[] = [];
  for await (const row of prepared) all.push(row);
  yield* all;
}

async function* oneByOne(
  rows: Rows<Submission>,
  prepare: (row: Submission) => Promise<PreparedSubmission>,
): AsyncGenerator<PreparedSubmission> {
  let number = 0;
  for await (const row of rows) {
    number += 1;
    try {
      yield await prepare(row);
    } catch (thrown) {
      throw inRow(number, thrown);
    }
  }
}

function inRow(number: number, thrown: unknown): unknown {
  if (!ConceptError.isInstance(thrown)) return thrown;
  const { code, message, field, hint, retryable } = thrown;
  return new ConceptError(code, `row ${number}: ${message}`, { cause: thrown, field, hint, retryable });
}
