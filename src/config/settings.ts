import { homedir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_IMAGE_LIMITS } from '../core/image-limits.ts';
import { DEFAULT_MIN_VARIATIONS, MAX_ATTEMPTS, MAX_PALETTES } from '../core/limits.ts';
import { BACKEND_SETTINGS } from './backend-settings.ts';
import { autoOrWhole, choice, number, onOff, type SettingParser, whole } from './setting-parsers.ts';
import type { Environment, Setting } from './setting.ts';

export type { Environment, Setting } from './setting.ts';

/** Every setting, in the order in which the documentation lists them. */
export const SETTINGS = {
  home: {
    env: 'CONCEPT_HOME',
    default: (environment) => join(environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'concept'),
    parse: (text) => (text ? { value: text } : { problem: 'expected a directory' }),
    summary: 'Data directory: the database file and the images',
  },
  user: {
    env: 'CONCEPT_USER',
    default: () => 'local',
    parse: (text) =>
      /^[A-Za-z0-9_-]{1,128}$/.test(text)
        ? { value: text }
        : { problem: 'expected 1 to 128 letters, digits, "_" or "-"' },
    summary: 'Owner of the tasks that are submitted',
  },
  durability: {
    env: 'CONCEPT_DURABILITY',
    default: () => 'full',
    parse: choice('full', 'normal'),
    summary: '`full`: an accepted task survives a power cut; `normal`: faster, a power cut may lose the last moments',
  },
  leaseSeconds: {
    env: 'CONCEPT_LEASE_SECONDS',
    default: () => 15,
    parse: number(0.5, 3_600),
    summary: 'How long a worker may be silent before its tasks go to another worker',
  },
  concurrency: {
    env: 'CONCEPT_CONCURRENCY',
    default: () => 2,
    parse: whole(1, 64),
    summary: 'Tasks that one worker runs at the same time',
  },
  maxAttempts: {
    env: 'CONCEPT_MAX_ATTEMPTS',
    default: () => 3,
    parse: whole(1, MAX_ATTEMPTS),
    summary: 'Attempts before a task fails for good',
  },
  maxAttemptsGeneration: attempts('GENERATION', 'generation'),
  maxAttemptsRefinement: attempts('REFINEMENT', 'refinement'),
  maxAttemptsColoring: attempts('COLORING', 'colouring-page'),
  maxAttemptsRendition: attempts('RENDITION', 'rendition'),
  maxRunning: runningLimit('', 'Tasks that all workers together run at the same time'),
  maxRunningPerUser: runningLimit('_PER_USER', 'Of them, tasks of any one user'),
  maxRunningPerProvider: runningLimit('_PER_PROVIDER', 'Of them, tasks that use the same image provider'),
  maxRunningGeneration: runningLimit('_GENERATION', 'Of them, generation tasks'),
  maxRunningRefinement: runningLimit('_REFINEMENT', 'Of them, refinement tasks'),
  maxRunningColoring: runningLimit('_COLORING', 'Of them, colouring-page tasks'),
  maxRunningRendition: runningLimit('_RENDITION', 'Of them, rendition tasks'),
  taskTimeoutSeconds: {
    env: 'CONCEPT_TASK_TIMEOUT_SECONDS',
    default: () => 600,
    parse: number(1, 86_400),
    summary: 'How long one attempt may take',
  },
  minVariations: {
    env: 'CONCEPT_MIN_VARIATIONS',
    default: () => DEFAULT_MIN_VARIATIONS,
    parse: whole(0, MAX_PALETTES),
    summary: 'Variations without which a task fails, rather than completing as partial',
  },
  prefetch: {
    env: 'CONCEPT_PREFETCH',
    default: () => 'auto',
    parse: autoOrWhole(0, 1_000),
    summary: 'Tasks held ahead of free slots; `auto`: only while tasks take milliseconds',
  },
  graceSeconds: {
    env: 'CONCEPT_GRACE_SECONDS',
    default: () => 10,
    parse: number(0, 3_600),
    summary: 'How long a stopping worker lets its tasks finish before it gives them back',
  },
  maxImageBytes: {
    env: 'CONCEPT_MAX_IMAGE_BYTES',
    default: () => DEFAULT_IMAGE_LIMITS.maxBytes,
    parse: whole(1, 1_000_000_000),
    summary: 'Largest image file taken in, in bytes',
  },
  maxImagePixels: {
    env: 'CONCEPT_MAX_IMAGE_PIXELS',
    default: () => DEFAULT_IMAGE_LIMITS.maxPixels,
    parse: whole(1, 500_000_000),
    summary: 'Largest image taken in, in pixels',
  },
  allowHttpLoopback: {
    env: 'CONCEPT_ALLOW_HTTP_LOOPBACK',
    default: () => false,
    parse: onOff,
    summary: 'Also fetch image URLs from `http://127.0.0.1` (for development)',
  },
  credits: {
    env: 'CONCEPT_CREDITS',
    default: () => false,
    parse: onOff,
    summary: 'Charge credits: a task needs a balance to be accepted',
  },
  creditCostGeneration: creditCost('GENERATION', 'generation'),
  creditCostRefinement: creditCost('REFINEMENT', 'refinement'),
  creditCostColoring: creditCost('COLORING', 'colouring-page'),
  creditCostRendition: creditCost('RENDITION', 'rendition'),
  logLevel: {
    env: 'CONCEPT_LOG_LEVEL',
    default: () => 'warn',
    parse: choice('debug', 'info', 'warn', 'error'),
    summary: 'What is logged to standard error',
  },
  ...BACKEND_SETTINGS,
} as const satisfies Record<string, Setting<string | number | boolean | undefined>>;

export type SettingName = keyof typeof SETTINGS;
type Parsed<S> = S extends { readonly parse: SettingParser<infer T> } ? T : never;
/** A setting that may be left open is undefined then. */
type Open<S> = S extends { readonly default: () => undefined } ? undefined : never;
/** All settings with their values. */
export type Config = {
  readonly [Name in SettingName]: Parsed<(typeof SETTINGS)[Name]> | Open<(typeof SETTINGS)[Name]>;
};

function attempts(suffix: string, name: string) {
  return {
    env: `CONCEPT_MAX_ATTEMPTS_${suffix}`,
    default: () => undefined,
    defaultText: 'as maxAttempts',
    parse: whole(1, MAX_ATTEMPTS),
    summary: `Attempts of a ${name} task`,
  } satisfies Setting<number | undefined>;
}

function runningLimit(suffix: string, summary: string) {
  return {
    env: `CONCEPT_MAX_RUNNING${suffix}`,
    default: () => undefined,
    defaultText: 'no limit',
    parse: whole(1, 100_000),
    summary,
  } satisfies Setting<number | undefined>;
}

function creditCost(suffix: string, name: string) {
  return {
    env: `CONCEPT_CREDIT_COST_${suffix}`,
    default: () => 1,
    parse: whole(0, 1_000_000),
    summary: `Credits charged for a ${name} task`,
  } satisfies Setting<number>;
}

/** A setting's default as the documentation and hints tell it. */
export function defaultText(setting: Setting<unknown>, environment: Environment): string {
  return setting.defaultText ?? String(setting.default(environment, {}));
}
