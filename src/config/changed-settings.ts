import { type Config, type Environment, type SettingName, SETTINGS } from './settings.ts';

/** Settings that differ from their defaults, by name. No setting is a secret; one that becomes one has to be left out here. */
export function changedSettings(
  config: Config,
  environment: Environment = process.env,
): Readonly<Record<string, string | number | boolean>> {
  const names = Object.keys(SETTINGS) as SettingName[];
  const changed = names.flatMap((name) => {
    const value = config[name];
    return value === undefined || value === SETTINGS[name].default(environment) ? [] : [[name, value] as const];
  });
  return Object.fromEntries(changed);
}
