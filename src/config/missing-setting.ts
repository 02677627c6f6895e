import { ConceptError } from '../core/errors.ts';
import { type SettingName, SETTINGS } from './settings.ts';

export interface MissingSettingOptions {
  /** What cannot do without it; default: nothing is said of that. */
  readonly who?: string | undefined;
  /** Default: to set the variable. */
  readonly hint?: string | undefined;
}

/** A setting that has no default and is not there. */
export function missingSetting(name: SettingName, { who, hint }: MissingSettingOptions = {}): ConceptError {
  const { env } = SETTINGS[name];
  const reason = who === undefined ? '' : `, and ${who} needs it`;
  return new ConceptError('INVALID_CONFIG', `${env}: not set${reason}`, { field: name, hint: hint ?? `set ${env}` });
}
