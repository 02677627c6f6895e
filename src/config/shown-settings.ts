import type { FoundSetting } from './load-config.ts';
import type { Environment, Setting } from './setting.ts';
import { type Config, type SettingName, SETTINGS } from './settings.ts';

/** Stands for a secret that is set. */
export const REDACTED = '(set)';

/** Settings that differ from their defaults, by name; of a secret only that it is set. */
export function changedSettings(
  config: Config,
  environment: Environment = process.env,
): Readonly<Record<string, string | number | boolean>> {
  const names = Object.keys(SETTINGS) as SettingName[];
  const changed = names.flatMap((name) => {
    const value = config[name];
    const setting: Setting<unknown> = SETTINGS[name];
    if (value === undefined || value === setting.default(environment, config)) return [];
    return [[name, setting.isSecret ? REDACTED : value] as const];
  });
  return Object.fromEntries(changed);
}

/** A setting as it may be shown. */
export interface ShownSetting {
  readonly name: SettingName;
  /** Null when it has none; {@link REDACTED} for a secret that is set. */
  readonly value: string | number | boolean | null;
  /** The variable, or the file and the name in it; null for the default. */
  readonly source: string | null;
  /** What sets it in the environment: the first that is set, in this order. */
  readonly variables: readonly string[];
}

export function shownSettings(found: readonly FoundSetting[]): readonly ShownSetting[] {
  return found.map(({ name, value, source }) => {
    const setting: Setting<unknown> = SETTINGS[name];
    const shown = setting.isSecret && value !== undefined ? REDACTED : (value ?? null);
    const variables = [setting.env, ...(setting.aliases ?? [])];
    return { name, value: shown as ShownSetting['value'], source, variables };
  });
}
