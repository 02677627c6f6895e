import { createHash } from 'node:crypto';
import { ConceptError } from '../../core/errors.ts';
import { throwIfAborted } from '../../core/abort.ts';
import type { Submission } from '../../sdk/submission.ts';
import { EXIT, type ExitCode, exitCodeOf } from '../exit-codes.ts';
import { collectNowAndThen } from './collect-now-and-then.ts';
import type { RowsFile } from './open-rows.ts';
import { type CheckKey, ownKeys } from './own-keys.ts';
import { type Line, readLines } from './read-lines.ts';
import { inRowSpelling, type RowContext, submissionOfRow } from './row.ts';

export interface RowProblem {
  readonly line: number;
  readonly message: string;
}

export interface CheckedRows {
  /** Lines that hold a row, good or bad. */
  readonly total: number;
  readonly bad: number;
  /** The first of the bad ones. */
  readonly problems: readonly RowProblem[];
  /** Hex SHA-256 of the file. */
  readonly digest: string;
}

export interface CheckOptions {
  readonly check: (submission: Submission) => Promise<{ readonly inputHash: string }>;
  readonly context: RowContext;
  readonly signal: AbortSignal;
}

const MOST_PROBLEMS = 20;
const ROW_FAULTS: readonly ExitCode[] = [EXIT.badInput, EXIT.notFound];

/** Reads all rows and sends none: what is wrong with them is known before anything is written. */
export async function checkRows(rows: RowsFile, { check, context, signal }: CheckOptions): Promise<CheckedRows> {
  const hash = createHash('sha256');
  const problems: RowProblem[] = [];
  const reading = { check, context, checkKey: ownKeys() };
  let [total, bad] = [0, 0];
  for await (const line of linesOf(hashed(rows.bytes(), (chunk) => hash.update(chunk)))) {
    throwIfAborted(signal);
    total += 1;
    const message = await problemOf(line, reading);
    if (message === undefined) continue;
    bad += 1;
    if (problems.length < MOST_PROBLEMS) problems.push({ line: line.number, message });
  }
  return { total, bad, problems, digest: hash.digest('hex') };
}

/** The rows again, for submitting. @throws ConceptError when the file was changed meanwhile */
export async function* submissionsOf(rows: RowsFile, context: RowContext): AsyncGenerator<Submission> {
  for await (const line of linesOf(rows.bytes())) {
    if ('problem' in line) throw new ConceptError('INVALID_INPUT', `line ${line.number} ${line.problem}`);
    yield await submissionOfRow(line.text, context);
  }
}

function linesOf(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Line> {
  return collectNowAndThen(readLines(bytes));
}

async function problemOf(
  line: Line,
  { check, context, checkKey }: Omit<CheckOptions, 'signal'> & { readonly checkKey: CheckKey },
): Promise<string | undefined> {
  if ('problem' in line) return line.problem;
  try {
    const submission = await submissionOfRow(line.text, context);
    const { inputHash } = await check(submission);
    return checkKey({ key: submission.idempotencyKey, inputHash, line: line.number });
  } catch (thrown) {
    // What is no fault of the row (the store is away, say) ends the whole.
    if (!ConceptError.isInstance(thrown) || !ROW_FAULTS.includes(exitCodeOf(thrown))) throw thrown;
    return inRowSpelling(thrown);
  }
}

async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  update: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    update(chunk);
    yield chunk;
  }
}
