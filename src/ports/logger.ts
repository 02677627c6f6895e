export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured log. An implementation redacts secrets and never throws. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: LogFields): void;
}
