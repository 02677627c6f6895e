import type { ConceptError } from '../core/errors.ts';
import { inFlagSpelling } from './options/flag-names.ts';
import type { Io } from './io.ts';
import { paint } from './render/paint.ts';
import { printable } from './render/printable.ts';

/** Without `--json` two lines at most, with it one: `{"error":{"code","message","hint"}}`. */
export function reportError(error: ConceptError, fallbackHint: string, { stderr, mode }: Io): void {
  const message = printable(inFlagSpelling(error));
  const hint = printable(error.hint ?? fallbackHint);
  if (mode.json) {
    stderr.write(`${JSON.stringify({ error: { code: error.code, message, hint } })}\n`);
    return;
  }
  const paints = paint(stderr.colourLevel);
  stderr.write(`${paints.red('error:')} ${message}\n`);
  stderr.write(`${paints.dim('hint:')} ${hint}\n`);
  if (mode.verbose) stderr.write(`${causesOf(error)}\n`);
}

function causesOf(error: Error): string {
  const parts: string[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    parts.push(cause.stack ?? cause.message);
  return parts.join('\ncaused by: ').split('\n').map(printable).join('\n');
}
