/** Primary result codes (https://sqlite.org/rescode.html). */
export const RESULT = {
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
} as const;

/** SQLite's own words for them (`sqlite3ErrStr` in its main.c). */
const CODES_BY_MESSAGE: Readonly<Record<string, number>> = {
  'database is locked': RESULT.busy,
  'database table is locked': RESULT.locked,
  'out of memory': RESULT.noMemory,
  'attempt to write a readonly database': RESULT.readOnly,
  'disk I/O error': RESULT.ioError,
  'database disk image is malformed': RESULT.corrupt,
  'database or disk is full': RESULT.full,
  'unable to open database file': RESULT.cannotOpen,
  'file is not a database': RESULT.notADatabase,
};

/**
 * The primary code of an error that a driver threw; undefined when it is of another kind. Both drivers put the extended code on
 * `errcode`, its low byte is the primary one; only `all` of `@photostructure/sqlite` gives nothing but the message.
 */
export function resultCode(thrown: unknown): number | undefined {
  const { errcode, message } = (thrown ?? {}) as { readonly errcode?: unknown; readonly message?: unknown };
  if (typeof errcode === 'number') return errcode & 0xff;
  return typeof message === 'string' ? CODES_BY_MESSAGE[message] : undefined;
}
