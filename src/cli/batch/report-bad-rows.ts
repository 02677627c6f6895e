import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { counted } from '../render/counted.ts';
import { paint } from '../render/paint.ts';
import { printable } from '../render/printable.ts';
import type { CheckedRows } from './check-rows.ts';

const HINT = 'mend these lines and run it again; nothing was sent';

/** Tells every bad row by its line, the first twenty at most; with `--json` in the one error line, as `rows`. */
export function reportBadRows({ total, bad, problems }: CheckedRows, { stderr, mode }: Io): ExitCode {
  const rows = problems.map(({ line, message }) => ({ line, message: printable(message) }));
  const message = `${bad} of ${counted(total, 'row')} cannot be submitted`;
  if (mode.json) {
    stderr.write(`${JSON.stringify({ error: { code: 'INVALID_INPUT', message, hint: HINT, rows } })}\n`);
    return EXIT.badInput;
  }
  const { red, dim } = paint(stderr.colourLevel);
  for (const row of rows) stderr.write(`${red('error:')} line ${row.line}: ${row.message}\n`);
  const rest = bad > rows.length ? `, the first ${rows.length} are named above` : '';
  stderr.write(`${red('error:')} ${message}${rest}\n`);
  stderr.write(`${dim('hint:')} ${HINT}\n`);
  return EXIT.badInput;
}
