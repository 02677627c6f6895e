import { ConceptError } from '../core/errors.ts';
import type { BackendPart } from './examine.ts';
import { missingSetting } from './missing-setting.ts';
import type { Setting } from './setting.ts';
import type { Config, SettingName } from './settings.ts';
import { SETTINGS } from './settings.ts';

/**
 * Whether the chosen backends have what they need; told before anything is connected, as their clients would wait, retry or end
 * the process instead.
 * @param needsSubscription for whoever receives: publishing needs only the topic.
 * @throws ConceptError INVALID_CONFIG naming the setting.
 */
export function assertBackends(config: Config, { needsSubscription = false } = {}): void {
  const lacking = lacks(config);
  for (const part of ['store', 'blobs', 'queue'] as const) {
    const [first] = lacking[part];
    if (first) throw first;
  }
  if (needsSubscription && config.queue === 'pubsub' && config.pubSubSubscriptionId === undefined) {
    throw missing('pubSubSubscriptionId', 'receiving from Pub/Sub');
  }
}

/** The settings that each part lacks, as the errors that they are. */
export function lacks(config: Config): Readonly<Record<BackendPart, readonly ConceptError[]>> {
  return {
    store: config.store === 'supabase' ? lacksOfSupabase(config) : [],
    queue: config.queue === 'pubsub' ? unset(config, ['gcpProjectId', 'pubSubTopicId'], 'the Pub/Sub queue') : [],
    blobs: config.blobs === 'supabase' ? lacksOfSupabase(config) : [],
  };
}

function lacksOfSupabase(config: Config): readonly ConceptError[] {
  const who = 'the Supabase backend';
  const hasKey = config.supabaseServiceRole !== undefined || config.supabaseKey !== undefined;
  return [...unset(config, ['supabaseUrl'], who), ...(hasKey ? [] : unset(config, ['supabaseServiceRole'], who))];
}

/** Refuses a worker that has only the rights of a user. @throws ConceptError NOT_ALLOWED */
export function assertServiceRole(config: Config): void {
  if (config.store !== 'supabase' || config.supabaseServiceRole !== undefined) return;
  throw new ConceptError('NOT_ALLOWED', 'a worker needs the service role of the Supabase project', {
    hint: `set ${SETTINGS.supabaseServiceRole.env}`,
  });
}

function unset(config: Config, names: readonly SettingName[], who: string): readonly ConceptError[] {
  return names.filter((name) => config[name] === undefined).map((name) => missing(name, who));
}

function missing(name: SettingName, who: string): ConceptError {
  const setting: Setting<unknown> = SETTINGS[name];
  // Secrets belong in no file.
  const orFile = setting.isSecret ? '' : `, or ${name} in concept.config.json`;
  const hint = `set ${setting.env}${orFile}; see what is in force with: concept config`;
  return missingSetting(name, { who, hint });
}
