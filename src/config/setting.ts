import type { SettingParser } from './setting-parsers.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings that come before one, with their values. */
export type Known = Readonly<Record<string, unknown>>;

export interface Setting<T> {
  /** Environment variable; the config-file name is the setting's key, the flag its kebab-case form. */
  readonly env: string;
  /** Further names of the variable, looked at when it is not set itself. */
  readonly aliases?: readonly string[];
  readonly default: (environment: Environment, known: Known) => T;
  readonly parse: SettingParser<T>;
  /** One sentence for the documentation. */
  readonly summary: string;
  /** How a default that is no value of its own reads. */
  readonly defaultText?: string;
  /** Never shown, neither whole nor in part. */
  readonly isSecret?: true;
}
