import { invalidInput } from '../../core/errors.ts';
import type { TypedSubmitOptions } from './submission.ts';

/** `submit` with a file of rows. */
export interface FileSubmitOptions extends TypedSubmitOptions {
  readonly file: string;
}

/** What each row says for itself. */
const OF_ROWS = {
  type: '--type',
  logo: '--logo',
  theme: '--theme',
  palettes: '--palettes',
  seed: '--seed',
  image: '--image',
  original: '--original',
  prompt: '--prompt',
  idempotencyKey: '--idempotency-key',
} as const satisfies Partial<Record<keyof TypedSubmitOptions, string>>;

export function hasFile(options: TypedSubmitOptions): options is FileSubmitOptions {
  if (options.file !== undefined) return true;
  if (options.batch !== undefined) throw invalidInput('--batch', 'needs --file', 'add --file rows.jsonl');
  return false;
}

/** @throws ConceptError INVALID_INPUT when an option is given that does not go with a file of rows. */
export function assertFileOptions(options: FileSubmitOptions): void {
  const names = Object.keys(OF_ROWS) as (keyof typeof OF_ROWS)[];
  const foreign = names.find((name) => options[name] !== undefined);
  if (foreign) throw invalidInput(OF_ROWS[foreign], 'does not go with --file', 'say it in the rows');
  if (options.out === undefined) return;
  throw invalidInput('--out', 'does not go with --file', 'save results with: concept download ID --out DIR');
}
