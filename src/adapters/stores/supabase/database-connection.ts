import type { Client, ClientConfig, DatabaseError } from 'pg';
import { ConceptError } from '../../../core/errors.ts';

/** A connection of an operator, past the API. */
export interface Database {
  readonly client: Client;
  /** What the database warned of since the connection was made. */
  readonly warnings: readonly string[];
}

const CONNECT_MS = 10_000;
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|)$/;
const REFUSED_LOGIN = new Set(['28000', '28P01', '3D000']);

/**
 * Connects for the length of `work`. Without an `sslmode` in the address of another machine the connection is encrypted where the
 * server can, as with `psql`; `sslmode=verify-full` checks whose it is too.
 * @throws ConceptError STORE_UNAVAILABLE, NOT_ALLOWED
 */
export async function withDatabase<T>(databaseUrl: string, work: (database: Database) => Promise<T>): Promise<T> {
  const warnings: string[] = [];
  const client = await connect(databaseUrl);
  client.on('notice', ({ severity, message }) => {
    if (severity === 'WARNING' && message !== undefined) warnings.push(message);
  });
  try {
    return await work({ client, warnings });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connect(databaseUrl: string): Promise<Client> {
  const base = { connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS };
  try {
    if (!prefersEncryption(databaseUrl)) return await connectOnce(base);
    return await connectOnce({ ...base, ssl: { rejectUnauthorized: false } }).catch((thrown: unknown) => {
      if (/does not support SSL/.test((thrown as Error).message)) return connectOnce(base);
      throw thrown;
    });
  } catch (thrown) {
    throw connectionError(thrown as Partial<DatabaseError> & Error);
  }
}

async function connectOnce(config: ClientConfig): Promise<Client> {
  const { default: pg } = await import('pg');
  const client = new pg.Client(config);
  // Told by the query that was under way.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function prefersEncryption(databaseUrl: string): boolean {
  const { hostname, searchParams } = new URL(databaseUrl);
  return !LOCAL.test(hostname) && !searchParams.has('sslmode') && !searchParams.has('host');
}

function connectionError(thrown: Partial<DatabaseError> & Error): ConceptError {
  if (REFUSED_LOGIN.has(thrown.code ?? '')) {
    return new ConceptError('NOT_ALLOWED', `the database refused the login: ${thrown.message}`, {
      hint: 'check user, password and database in CONCEPT_DATABASE_URL',
      cause: thrown,
    });
  }
  const reason = thrown.message || thrown.code || 'no reason given';
  return new ConceptError('STORE_UNAVAILABLE', `the database does not answer: ${reason}`, {
    hint: 'check CONCEPT_DATABASE_URL; of a hosted project take the session pooler’s address, port 5432',
    cause: thrown,
  });
}
