import { expect, it } from 'vitest';
import { changedSettings } from '../../src/config/shown-settings.ts';
import { loadConfig } from '../../src/config/load-config.ts';

const environment = { XDG_DATA_HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' };
const load = (more: Record<string, string> = {}) =>
  loadConfig({ environment: { ...environment, ...more }, directory: '/nonexistent' });

it('names nothing while everything is at its default', () => {
  expect(changedSettings(load(), environment)).toEqual({});
});

it('names what differs, with its value', () => {
  const config = load({ CONCEPT_MAX_RUNNING: '3', CONCEPT_HOME: '/data', CONCEPT_CONCURRENCY: '2' });
  expect(changedSettings(config, environment)).toEqual({ maxRunning: 3, home: '/data' });
});

it('tells of a secret only that it is set', () => {
  const more = { CONCEPT_SUPABASE_SERVICE_ROLE: 'sb_secret_abc' };
  expect(changedSettings(load(more), { ...environment, ...more })).toEqual({ supabaseServiceRole: '(set)' });
});
