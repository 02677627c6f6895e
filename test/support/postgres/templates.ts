import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { PostgresAddress } from './server.ts';

/** `bare` is a Supabase project without anything of ours, `migrated` has every migration. */
export type Template = 'bare' | 'migrated';

interface Script {
  readonly name: string;
  readonly sql: string;
}

const MIGRATIONS = join(import.meta.dirname, '..', '..', '..', 'supabase', 'migrations');
const BOOTSTRAP = join(import.meta.dirname, '..', 'supabase-bootstrap.sql');

export function urlOf({ port, password }: PostgresAddress, user: string, database: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * Makes the template unless the server has it: whoever comes first, the others wait. Its name comes from its scripts, so that a
 * watched run sees a changed one.
 */
export async function prepareTemplate(address: PostgresAddress, template: Template): Promise<string> {
  const scripts = scriptsOf(template);
  const name = `${template}_${createHash('sha256').update(JSON.stringify(scripts)).digest('hex').slice(0, 16)}`;
  await withClient(urlOf(address, 'postgres', 'postgres'), async (client) => {
    await client.query("select pg_advisory_lock(hashtext('templates'))");
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await makeTemplate(address, client, name, scripts);
  });
  return name;
}

async function makeTemplate(address: PostgresAddress, admin: pg.Client, name: string, scripts: readonly Script[]) {
  await admin.query(`drop database if exists making with (force)`);
  await admin.query('create database making');
  await withClient(urlOf(address, 'postgres', 'making'), async (client) => {
    for (const script of scripts) await runScript(client, script);
    await client.query(`alter role authenticator password '${address.password}'`);
  });
  // Under its name only once it is whole.
  await admin.query(`alter database making rename to ${name}`);
}

/** Errors tell the line of the file: the database only counts characters. */
async function runScript(client: pg.Client, { name, sql }: Script): Promise<void> {
  try {
    await client.query(sql);
  } catch (thrown) {
    const { message, position } = thrown as pg.DatabaseError;
    const line = position === undefined ? '' : `:${sql.slice(0, Number(position)).split('\n').length}`;
    throw new Error(`${name}${line}: ${message}`, { cause: thrown });
  }
}

function scriptsOf(template: Template): readonly Script[] {
  const bootstrap = { name: 'supabase-bootstrap.sql', sql: readFileSync(BOOTSTRAP, 'utf8') };
  if (template === 'bare') return [bootstrap];
  const files = readdirSync(MIGRATIONS).filter((file) => file.endsWith('.sql'));
  return [bootstrap, ...files.toSorted().map((name) => ({ name, sql: readFileSync(join(MIGRATIONS, name), 'utf8') }))];
}

export async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
