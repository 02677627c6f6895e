import type { Config } from '../config/settings.ts';
import type { Io } from './io.ts';

type Level = Config['logLevel'];
type Fields = Readonly<Record<string, unknown>>;

const ORDER: readonly Level[] = ['debug', 'info', 'warn', 'error'];

/** What the backend logs, on stderr: one line each, as JSON with `--json`. `--verbose` shows all, `--quiet` errors only. */
export function stderrLogger({ stderr, mode }: Io, configured: Level) {
  const least = mode.verbose ? 'debug' : mode.quiet ? 'error' : configured;
  return {
    log: (level: Level, message: string, fields: Fields = {}): void => {
      if (ORDER.indexOf(level) < ORDER.indexOf(least)) return;
      stderr.write(
        mode.json ? `${JSON.stringify({ level, message, ...fields })}\n` : `${textLine(level, message, fields)}\n`,
      );
    },
  };
}

function textLine(level: Level, message: string, fields: Fields): string {
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined);
  return [`${level}:`, message, ...pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ');
}
