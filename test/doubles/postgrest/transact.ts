import type { IncomingMessage } from 'node:http';
import type pg from 'pg';
import { apiError, fromDatabase } from './api-error.ts';
import type { SchemaCache } from './catalogue.ts';
import type { Query } from './query.ts';
import type { Claims } from './tokens.ts';

export interface Answer {
  /** JSON. */
  readonly body: string | null;
  readonly count: number;
}

export interface TransactOptions {
  readonly pool: pg.Pool;
  readonly cache: SchemaCache;
  /** What names without a schema are looked up in. */
  readonly searchPath: string;
  /** Runs first in each transaction, as the role that connects. */
  readonly beforeRequest?: ((client: pg.PoolClient) => Promise<void>) | undefined;
}

/** The work of one request: a transaction of its own, as the role and with the claims of who asks. */
export type Transact = (request: IncomingMessage, path: string, claims: Claims, query: Query) => Promise<Answer>;

const SETTINGS = `
  select set_config('search_path', $1, true), set_config('role', $2, true), set_config('request.jwt.claims', $3, true),
    set_config('request.method', $4, true), set_config('request.path', $5, true), set_config('request.headers', $6, true)`;

export function transactions({ pool, cache, searchPath, beforeRequest }: TransactOptions): Transact {
  return async (request, path, claims, query) => {
    const role = String(claims['role']);
    const own = await cache.settingsOf(role);
    const client = await connect(pool);
    let lost: Error | undefined;
    try {
      await client.query(`begin isolation level read committed ${query.isReadOnly ? 'read only' : 'read write'}`);
      await beforeRequest?.(client);
      const ownSettings = own.map((_, index) => `, set_config($${7 + index * 2}, $${8 + index * 2}, true)`);
      await client.query(SETTINGS + ownSettings.join(''), [
        searchPath,
        role,
        JSON.stringify({ ...claims, role }),
        request.method,
        path,
        JSON.stringify(request.headers),
        ...own.flat(),
      ]);
      const { rows } = await client.query<Answer>(query.sql, [...query.values]);
      await client.query('commit');
      return rows[0] ?? { body: 'null', count: 0 };
    } catch (thrown) {
      await client.query('rollback').catch((failed: Error) => (lost = failed));
      throw fromDatabase(thrown, role === 'anon');
    } finally {
      client.release(lost);
    }
  };
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (thrown) {
    const { message } = thrown as Error;
    if (/timeout exceeded/.test(message)) {
      throw apiError(504, 'PGRST003', 'Timed out acquiring connection from connection pool.');
    }
    throw apiError(503, 'PGRST000', 'Database connection error. Retrying the connection.', { details: message });
  }
}
