import { ConceptError } from '../core/errors.ts';
import { missingSetting } from './missing-setting.ts';
import type { Config, SettingName } from './settings.ts';
import { SETTINGS } from './settings.ts';

/**
 * Whether the chosen backends have what they need; told before anything is connected, as their clients would wait, retry or end
 * the process instead.
 * @param needsSubscription for whoever receives: publishing needs only the topic.
 * @throws ConceptError INVALID_CONFIG naming the setting.
 */
export function assertBackends(config: Config, { needsSubscription = false } = {}): void {
  if (config.store === 'supabase' || config.blobs === 'supabase') {
    demand(config, 'supabaseUrl', 'the Supabase backend');
    if (config.supabaseServiceRole === undefined && config.supabaseKey === undefined) {
      throw missing('supabaseServiceRole', 'the Supabase backend');
    }
  }
  if (config.queue === 'pubsub') {
    demand(config, 'gcpProjectId', 'the Pub/Sub queue');
    demand(config, 'pubSubTopicId', 'the Pub/Sub queue');
    if (needsSubscription) demand(config, 'pubSubSubscriptionId', 'receiving from Pub/Sub');
  }
}

/** Refuses a worker that has only the rights of a user. @throws ConceptError NOT_ALLOWED */
export function assertServiceRole(config: Config): void {
  if (config.store !== 'supabase' || config.supabaseServiceRole !== undefined) return;
  throw new ConceptError('NOT_ALLOWED', 'a worker needs the service role of the Supabase project', {
    hint: `set ${SETTINGS.supabaseServiceRole.env}`,
  });
}

function demand(config: Config, name: SettingName, who: string): void {
  if (config[name] === undefined) throw missing(name, who);
}

function missing(name: SettingName, who: string): ConceptError {
  const hint = `set ${SETTINGS[name].env}, or ${name} in concept.config.json; see what is in force with: concept config`;
  return missingSetting(name, { who, hint });
}
