import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSettings, loadConfig } from '../../src/config/load-config.ts';
import { SETTINGS } from '../../src/config/settings.ts';

let directory: string;
let environment: Record<string, string>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'concept-config-'));
  environment = { XDG_CONFIG_HOME: join(directory, 'user'), XDG_DATA_HOME: join(directory, 'data') };
});
afterEach(() => rm(directory, { recursive: true }));

const projectFile = (content: string) => writeFile(join(directory, 'concept.config.json'), content);
const userFile = async (content: string) => {
  await mkdir(join(directory, 'user', 'concept'), { recursive: true });
  await writeFile(join(directory, 'user', 'concept', 'config.json'), content);
};
const load = (overrides = {}) => loadConfig({ environment, directory, overrides });

describe('loadConfig', () => {
  it('needs no configuration, and keeps data under the XDG data directory', () => {
    expect(load()).toMatchObject({ home: join(directory, 'data', 'concept'), leaseSeconds: 15, durability: 'full' });
  });

  it('lets overrides win over environment over project file over user file over defaults', async () => {
    await userFile('{"leaseSeconds": 20, "concurrency": 3, "maxAttempts": 4, "user": "from-user-file"}');
    await projectFile('{"leaseSeconds": 30, "concurrency": 5, "maxAttempts": 6}');
    environment['CONCEPT_LEASE_SECONDS'] = '40';
    environment['CONCEPT_CONCURRENCY'] = '7';
    expect(load({ leaseSeconds: 50 })).toMatchObject({
      leaseSeconds: 50,
      concurrency: 7,
      maxAttempts: 6,
      user: 'from-user-file',
      graceSeconds: 10,
    });
  });

  it.each([
    ['CONCEPT_LEASE_SECONDS', 'soon', 'expected a number from 0.5 to 3600'],
    ['CONCEPT_CONCURRENCY', '1e1', 'expected a whole number from 1 to 64'],
    ['CONCEPT_CONCURRENCY', '0', 'expected a whole number from 1 to 64'],
    ['CONCEPT_DURABILITY', 'none', 'expected one of full, normal'],
    ['CONCEPT_CREDITS', 'maybe', 'expected on or off'],
    ['CONCEPT_MAX_ATTEMPTS_REFINEMENT', '21', 'expected a whole number from 1 to 20'],
    ['CONCEPT_MAX_RUNNING', '0', 'expected a whole number from 1 to 100000'],
    ['CONCEPT_PREFETCH', 'some', 'expected auto or a whole number from 0 to 1000'],
    ['CONCEPT_USER', '../other', 'expected 1 to 128 letters, digits, "_" or "-"'],
  ])('refuses %s=%s naming the variable', (name, value, problem) => {
    environment[name] = value;
    expect(() => load()).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', message: `${name}: ${problem}` }));
  });

  it.each([
    ['{"leaseSecond": 3}', 'unknown setting "leaseSecond"'],
    ['{"leaseSeconds": ', 'is not valid JSON'],
    ['[]', 'expected a JSON object of settings'],
    ['{"concurrency": 2.5}', 'concurrency: expected a whole number from 1 to 64'],
  ])('refuses a project file %s naming the file', async (content, problem) => {
    await projectFile(content);
    expect(() => load()).toThrow(
      expect.objectContaining({
        code: 'INVALID_CONFIG',
        message: `${join(directory, 'concept.config.json')}: ${problem}`,
      }),
    );
  });

  it('leaves limits open, and takes them from the environment', () => {
    expect(load()).toMatchObject({ maxRunning: undefined, maxAttemptsGeneration: undefined, prefetch: 'auto' });
    environment['CONCEPT_MAX_RUNNING_PER_USER'] = '3';
    environment['CONCEPT_PREFETCH'] = '16';
    environment['CONCEPT_MIN_VARIATIONS'] = '0';
    expect(load()).toMatchObject({ maxRunningPerUser: 3, prefetch: 16, minVariations: 0 });
  });

  it('takes the store, queue and blobs from the backends that are configured', () => {
    expect(load()).toMatchObject({ store: 'sqlite', queue: 'store', blobs: 'files', dbSuffix: '' });
    environment['CONCEPT_SUPABASE_URL'] = 'https://project.supabase.co/';
    environment['CONCEPT_PUB_SUB_TOPIC_ID'] = 'concept-tasks';
    environment['CONCEPT_DB_TABLE_TASKS'] = 'tasks_dev';
    expect(load()).toMatchObject({
      supabaseUrl: 'https://project.supabase.co',
      store: 'supabase',
      queue: 'pubsub',
      blobs: 'supabase',
      dbSuffix: '_dev',
    });
    environment['CONCEPT_STORE'] = 'sqlite';
    expect(load()).toMatchObject({ store: 'sqlite', queue: 'pubsub', blobs: 'files' });
  });

  it('is not led to a backend by another program’s variables alone', async () => {
    environment['NEXT_PUBLIC_SUPABASE_URL'] = 'https://site.supabase.co';
    environment['SUPABASE_SERVICE_ROLE_KEY'] = 'key';
    expect(load()).toMatchObject({
      store: 'sqlite',
      supabaseUrl: 'https://site.supabase.co',
      supabaseServiceRole: 'key',
    });
    environment['CONCEPT_SUPABASE_SERVICE_ROLE'] = 'own';
    expect(load()).toMatchObject({ store: 'supabase', supabaseServiceRole: 'own' });
    delete environment['CONCEPT_SUPABASE_SERVICE_ROLE'];
    await projectFile('{"supabaseUrl": "https://own.supabase.co"}');
    delete environment['NEXT_PUBLIC_SUPABASE_URL'];
    expect(load()).toMatchObject({ store: 'supabase' });
  });

  it('tells where each value came from', async () => {
    await projectFile('{"concurrency": 5}');
    environment['SUPABASE_SERVICE_ROLE_KEY'] = 'key';
    const sources = Object.fromEntries(
      findSettings({ environment, directory, overrides: { user: 'me' } }).map(({ name, source }) => [name, source]),
    );
    expect(sources).toMatchObject({
      user: 'user',
      supabaseServiceRole: 'SUPABASE_SERVICE_ROLE_KEY',
      concurrency: `${join(directory, 'concept.config.json')}: concurrency`,
      leaseSeconds: null,
    });
  });

  it('gives every setting the environment variable of its name', () => {
    // These are named as deployed systems name them.
    const given: Record<string, string> = {
      environment: 'ENVIRONMENT',
      gcpProjectId: 'GCP_PROJECT_ID',
      gcpRegion: 'GCP_REGION',
      pubSubEmulatorHost: 'PUBSUB_EMULATOR_HOST',
    };
    for (const [name, { env }] of Object.entries(SETTINGS)) {
      expect(env).toBe(given[name] ?? `CONCEPT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`);
    }
  });
});
