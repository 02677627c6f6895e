import { describe, expect, it } from 'vitest';
import { assertBackends, assertServiceRole } from '../../src/config/check-backends.ts';
import { loadConfig } from '../../src/config/load-config.ts';

const load = (environment: Record<string, string> = {}) =>
  loadConfig({ environment: { XDG_CONFIG_HOME: '/nonexistent', ...environment }, directory: '/nonexistent' });
const SUPABASE = { CONCEPT_SUPABASE_URL: 'https://p.supabase.co', CONCEPT_SUPABASE_SERVICE_ROLE: 'sb_secret_x' };
const PUBSUB = { GCP_PROJECT_ID: 'project-1', CONCEPT_PUB_SUB_TOPIC_ID: 'concept-tasks' };

describe('assertBackends', () => {
  it('asks nothing of the embedded backend, and lets complete ones pass', () => {
    expect(() => assertBackends(load(), { needsSubscription: true })).not.toThrow();
    expect(() => assertBackends(load({ ...SUPABASE, ...PUBSUB }))).not.toThrow();
  });

  it.each([
    [{ CONCEPT_STORE: 'supabase' }, 'CONCEPT_SUPABASE_URL'],
    [{ CONCEPT_BLOBS: 'supabase' }, 'CONCEPT_SUPABASE_URL'],
    [{ CONCEPT_SUPABASE_URL: 'https://p.supabase.co' }, 'CONCEPT_SUPABASE_SERVICE_ROLE'],
    // Who sets one of a backend's variables means it: the others are forgotten, not to be done without.
    [{ CONCEPT_SUPABASE_SERVICE_ROLE: 'sb_secret_x' }, 'CONCEPT_SUPABASE_URL'],
    [{ CONCEPT_SUPABASE_KEY: 'sb_publishable_x' }, 'CONCEPT_SUPABASE_URL'],
    [{ GCP_PROJECT_ID: 'project-1', CONCEPT_PUB_SUB_SUBSCRIPTION_ID: 'tasks-sub' }, 'CONCEPT_PUB_SUB_TOPIC_ID'],
    [{ CONCEPT_PUB_SUB_TOPIC_ID: 'concept-tasks' }, 'GCP_PROJECT_ID'],
    [{ GCP_PROJECT_ID: 'project-1', CONCEPT_QUEUE: 'pubsub' }, 'CONCEPT_PUB_SUB_TOPIC_ID'],
    [PUBSUB, 'CONCEPT_PUB_SUB_SUBSCRIPTION_ID'],
  ])('names what %j lacks', (environment, name) => {
    expect(() => assertBackends(load(environment), { needsSubscription: true })).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringContaining(name) }),
    );
  });

  it('keeps workers with a user’s rights from starting', () => {
    const asUser = load({ CONCEPT_SUPABASE_URL: 'https://p.supabase.co', CONCEPT_SUPABASE_KEY: 'sb_publishable_x' });
    expect(() => assertServiceRole(asUser)).toThrow(expect.objectContaining({ code: 'NOT_ALLOWED' }));
    expect(() => assertServiceRole(load(SUPABASE))).not.toThrow();
    expect(() => assertServiceRole(load())).not.toThrow();
  });
});
