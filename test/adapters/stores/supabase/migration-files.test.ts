import { describe, expect, it } from 'vitest';
import { readMigrations, withNames } from '../../../../src/adapters/stores/supabase/migration-files.ts';
import { DEV, NAMES } from './names.ts';

const CODE = readMigrations(DEV).map(({ name, sql }) => [name, sql.replace(/^ *--.*$/gm, '')] as const);

describe('the migrations', () => {
  it('are in order, each with a name and a checksum', () => {
    const migrations = readMigrations(NAMES);
    const versions = migrations.map(({ version }) => version);
    expect(versions).toEqual([...versions].toSorted());
    expect(new Set(versions).size).toBe(versions.length);
    for (const { name, checksum } of migrations) {
      expect(name).toMatch(/^concept_[a-z]+$/);
      expect(checksum).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('are as they are written for a deployment with the usual names', async () => {
    for (const { sql } of readMigrations(NAMES)) expect(withNames(sql, NAMES)).toBe(sql);
  });

  it.each(CODE)('%s leaves no name without the suffix', (_name, code) => {
    expect(code).not.toMatch(/\b(tasks|concepts|color_variations|task_results)\b(?<!\.\w+)(?= *\()/);
    expect(code).not.toMatch(/\bpublic\.(?!\w+_dev\b)/);
    expect(code).not.toMatch(/\bconcept_private(?!_dev\b)/);
    expect(code).not.toMatch(/\bconcept__[a-z]\w*(?<!_dev)\b/);
    expect(code).not.toMatch(/'(concepts|palettes)' \/\*/);
    expect(code).not.toMatch(/\b(from|join|into|update|table|on) (tasks|concepts|color_variations|task_results)\b/);
  });

  it.each(CODE)('%s makes functions in our schemas alone', (_name, code) => {
    for (const [created] of code.matchAll(/create (or replace )?function \S+/g)) {
      expect(created).toMatch(/ (public\.concept_|concept_private_dev\.)/);
    }
  });

  it('refuse two tables of one name', () => {
    const refused = expect.objectContaining({ code: 'INVALID_CONFIG', hint: expect.stringContaining('DB_TABLE') });
    expect(() => readMigrations({ ...NAMES, concepts: 'tasks' })).toThrow(refused);
  });
});

describe('names', () => {
  it.each([
    ['select * from public.tasks tasks', 'select * from public.jobs tasks'],
    ['public.concept_claim(concept)', 'public.concept_claim_dev(concept)'],
    ['concept_private.now() concept__tasks_own', 'concept_private_dev.now() concept__tasks_own_dev'],
    ["'concepts' /* concept bucket */, 'concepts'", "'concepts-dev' /* concept bucket */, 'concepts'"],
    ["polname !~ '^concept__'", "polname !~ '^concept__'"],
  ])('in %s are those of the deployment', (written, expected) => {
    expect(withNames(written, { ...DEV, tasks: 'jobs' })).toBe(expected);
  });

  it('that look like ours are put in once', () => {
    expect(withNames('public.tasks public.concepts', { ...DEV, tasks: 'concept_tasks', concepts: 'tasks' })).toBe(
      'public.concept_tasks public.tasks',
    );
  });
});
