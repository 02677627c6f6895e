import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConceptError } from '../core/errors.ts';
import type { Environment, Known, Setting } from './setting.ts';
import { type Config, defaultText, type SettingName, SETTINGS } from './settings.ts';

export type { Config } from './settings.ts';

const PROJECT_FILE = 'concept.config.json';
const FILE_FORM = 'write it like {"concurrency": 4}, or move it away';

export interface LoadConfigOptions {
  /** Given by the caller (flags, `createConcept` options); they win over everything. */
  readonly overrides?: Partial<Config>;
  /** Default `process.env`. */
  readonly environment?: Environment;
  /** Where the project file is looked for, default the working directory. */
  readonly directory?: string;
}

interface Source {
  /** Where a value was found, as the reader would look it up. */
  readonly label: (name: SettingName) => string;
  readonly value: (name: SettingName) => unknown;
}

/** A setting, its value and where that came from. */
export interface FoundSetting {
  readonly name: SettingName;
  readonly value: unknown;
  /** As the reader would look it up: a variable, or a file and the setting's name. Null for the default. */
  readonly source: string | null;
}

/**
 * All settings: overrides win over environment over project file over user file over defaults.
 * @throws ConceptError INVALID_CONFIG naming the setting and where its value came from.
 */
export function loadConfig(options: LoadConfigOptions = {}): Config {
  return Object.fromEntries(findSettings(options).map(({ name, value }) => [name, value])) as Config;
}

/** Like {@link loadConfig}, with where each value was found. Secrets are whole. @throws ConceptError INVALID_CONFIG */
export function findSettings(options: LoadConfigOptions = {}): readonly FoundSetting[] {
  const { overrides = {}, environment = process.env, directory = process.cwd() } = options;
  const configHome = environment['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  const sources: readonly Source[] = [
    { label: (name) => name, value: (name) => overrides[name] },
    environmentSource(environment),
    fileSource(join(directory, PROJECT_FILE)),
    fileSource(join(configHome, 'concept', 'config.json')),
  ];
  const names = Object.keys(SETTINGS) as SettingName[];
  const known: Record<string, unknown> = {};
  return names.map((name) => {
    const found = findSetting(name, sources, environment, known);
    known[name] = found.value;
    return found;
  });
}

/** @param known the settings before this one. */
function findSetting(
  name: SettingName,
  sources: readonly Source[],
  environment: Environment,
  known: Known,
): FoundSetting {
  const setting: Setting<unknown> = SETTINGS[name];
  const source = sources.find((candidate) => candidate.value(name) !== undefined);
  if (!source) return { name, value: setting.default(environment, known), source: null };
  const parsed = setting.parse(String(source.value(name)));
  if ('value' in parsed) return { name, value: parsed.value, source: source.label(name) };
  const expected = parsed.problem.replace(/^expected /, '');
  throw new ConceptError('INVALID_CONFIG', `${source.label(name)}: ${parsed.problem}`, {
    field: name,
    hint: `set it to ${expected}, or leave it out for the default, ${defaultText(setting, environment)}`,
  });
}

function environmentSource(environment: Environment): Source {
  const variableOf = (name: SettingName): string => {
    const { env, aliases = [] }: Setting<unknown> = SETTINGS[name];
    return [env, ...aliases].find((variable) => environment[variable]) ?? env;
  };
  return { label: variableOf, value: (name) => environment[variableOf(name)] || undefined };
}

function fileSource(path: string): Source {
  const content = readConfigFile(path);
  const unknown = Object.keys(content).find((name) => !(name in SETTINGS));
  if (unknown !== undefined) {
    throw new ConceptError('INVALID_CONFIG', `${path}: unknown setting ${JSON.stringify(unknown)}`, {
      hint: `known settings: ${Object.keys(SETTINGS).join(', ')}`,
    });
  }
  return { label: (name) => `${path}: ${name}`, value: (name) => content[name] };
}

function readConfigFile(path: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return {};
    throw new ConceptError('INVALID_CONFIG', `${path}: cannot be read`, {
      hint: 'make it a readable file, or move it away',
      cause: thrown,
    });
  }
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null && !Array.isArray(content))
      return content as Record<string, unknown>;
  } catch (thrown) {
    throw new ConceptError('INVALID_CONFIG', `${path}: is not valid JSON`, { hint: FILE_FORM, cause: thrown });
  }
  throw new ConceptError('INVALID_CONFIG', `${path}: expected a JSON object of settings`, { hint: FILE_FORM });
}
