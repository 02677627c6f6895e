import type { Config } from '../config/settings.ts';
import type { Io } from './io.ts';
import { printable } from './render/printable.ts';

type Level = Config['logLevel'];
type Fields = Readonly<Record<string, unknown>>;

export interface StderrLoggerOptions {
  readonly level: Level;
  /** Log below `error` with `--json` too; else stderr is the one error line there. Default false. */
  readonly logsWithJson?: boolean | undefined;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const ORDER: readonly Level[] = ['debug', 'info', 'warn', 'error'];
/** How long an identical warning is kept back. */
const REPEAT_MS = 60_000;

/** What the backend logs, on stderr: one line each, as JSON with `--json`. `--verbose` shows all, `--quiet` errors only. */
export function stderrLogger({ stderr, mode }: Io, { level: configured, logsWithJson, now }: StderrLoggerOptions) {
  const errorsOnly = mode.quiet || (mode.json && !logsWithJson);
  const least = mode.verbose ? 'debug' : errorsOnly ? 'error' : configured;
  const isRepeated = createRepetitions(now ?? Date.now);
  return {
    log: (level: Level, message: string, fields: Fields = {}): void => {
      if (ORDER.indexOf(level) < ORDER.indexOf(least)) return;
      const line = (mode.json ? jsonLine : textLine)(level, message, renamed(fields));
      if (level === 'warn' && isRepeated(line)) return;
      stderr.write(`${line}\n`);
    },
  };
}

/** Tells whether the same line came less than a minute after the one that was last let through. */
function createRepetitions(now: () => number): (line: string) => boolean {
  const shownAt = new Map<string, number>();
  return (line) => {
    const time = now();
    for (const [old, at] of shownAt) if (time - at >= REPEAT_MS) shownAt.delete(old);
    if (shownAt.has(line)) return true;
    shownAt.set(line, time);
    return false;
  };
}

/** What happened keeps its name: a field called `message` is what some error said. */
function renamed({ message, ...fields }: Fields): Fields {
  return message === undefined ? fields : { error: message, ...fields };
}

function jsonLine(level: Level, message: string, fields: Fields): string {
  return JSON.stringify({ ...fields, level, message });
}

function textLine(level: Level, message: string, fields: Fields): string {
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined);
  return printable(
    [`${level}:`, message, ...pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' '),
  );
}
