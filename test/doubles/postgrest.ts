import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { apiError, gatewayError, isApiError } from './postgrest/api-error.ts';
import { callByDocument, callByTexts } from './postgrest/call-query.ts';
import { type SchemaCache, schemaCache } from './postgrest/catalogue.ts';
import { failBefore, type Failure, plannedFailures } from './postgrest/failures.ts';
import { identify, type ProjectKeys, projectKeys } from './postgrest/gateway.ts';
import type { Query } from './postgrest/query.ts';
import { readQuery } from './postgrest/read-table.ts';
import { type Claims, userToken } from './postgrest/tokens.ts';
import { type Answer, transactions } from './postgrest/transact.ts';

/**
 * A double of PostgREST 14 and the gateway before it: their wire over loopback HTTP, over a real Postgres. Each request is one
 * transaction of the role `authenticator`, turned into the role of its token, so that the database's own grants and policies
 * decide. Embedding, writes to tables, counts, gateway limits and the staleness of the schema cache are not doubled.
 */
export interface PostgrestDouble {
  readonly url: string;
  readonly keys: ProjectKeys;
  /** A signed-in user's token; `claims` may overwrite any. */
  tokenOf(userId: string, claims?: Claims): string;
  /** What befalls the next requests, in order. */
  failNext(...failures: readonly Failure[]): void;
  /** What befalls the next requests of a function (`concept_claim`) or table. */
  failNextOf(name: string, ...failures: readonly Failure[]): void;
  /** Functions called and tables read, in order. */
  readonly requests: readonly string[];
  /** Reads the schema anew, as `notify pgrst` does. */
  reload(): void;
  close(): Promise<void>;
}

export interface PostgrestDoubleOptions {
  readonly authenticatorUrl: string;
  /** What `concept.now` is set to in each request; left out, the database's clock holds. */
  readonly now?: () => number;
  /** Runs first in each request's transaction. */
  readonly beforeRequest?: (client: pg.PoolClient) => Promise<void>;
  /** Longer sets are cut, default 1,000. */
  readonly maxRows?: number;
  /** Connections, default 30, and how long a request waits for one, default 10,000 ms. */
  readonly poolSize?: number;
  readonly poolWaitMs?: number;
  /** That tokens are signed with. */
  readonly secret?: string;
  /** Answers what the gateway sends to the storage. */
  readonly storage?: { handle(request: IncomingMessage, response: ServerResponse): void };
}

/** The short keys of every such project. */
export const KEYS = { publishable: 'sb_publishable_of_the_tests', secret: 'sb_secret_of_the_tests' } as const;
export const SIGNING_SECRET = 'a secret of at least thirty-two characters';
const SCHEMA = 'public';
const ONE_ROW = 'application/vnd.pgrst.object';

export async function startPostgrestDouble(options: PostgrestDoubleOptions): Promise<PostgrestDouble> {
  const {
    authenticatorUrl,
    now,
    maxRows = 1_000,
    poolSize = 30,
    poolWaitMs = 10_000,
    secret = SIGNING_SECRET,
  } = options;
  const pool = new pg.Pool({ connectionString: authenticatorUrl, max: poolSize, connectionTimeoutMillis: poolWaitMs });
  // A connection that is lost is told by the query that was under way.
  pool.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  const cache = schemaCache(pool, SCHEMA);
  const keys = projectKeys(KEYS, secret);
  const failures = plannedFailures();
  const requests: string[] = [];
  const transact = transactions({
    pool,
    cache,
    searchPath: SCHEMA,
    beforeRequest: async (client) => {
      if (now) await client.query("select set_config('concept.now', $1, true)", [new Date(now()).toISOString()]);
      await options.beforeRequest?.(client);
    },
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://double');
    const path = url.pathname.replace('/rest/v1/', '');
    const name = path.replace('rpc/', '');
    requests.push(name);
    const failure = failures.take(name);
    if (await failBefore(failure, response)) return;
    const claims = identify(request.headers, keys, secret);
    if (path === url.pathname) throw gatewayError(404, 'no Route matched with those values');
    assertSchema(request);
    const query = await planned(request, path, url, { cache, maxRows });
    const answered = await transact(request, `/${path}`, claims, query);
    if (failure === 'drop-after') return void response.destroy();
    send(request, response, query, answered);
  }

  const server = createServer((request, response) => {
    if (options.storage && request.url!.startsWith('/storage/')) return options.storage.handle(request, response);
    answer(request, response).catch((thrown: unknown) => {
      const { status, body, headers } = isApiError(thrown) ? thrown : apiError(500, 'XX000', String(thrown));
      sendJson(response, { status, text: JSON.stringify(body), headers });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    requests,
    tokenOf: (userId, claims) => userToken(userId, secret, claims),
    failNext: (...next) => failures.plan(next),
    failNextOf: (name, ...next) => failures.planFor(name, next),
    reload: () => cache.reload(),
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await Promise.race([pool.end(), setTimeout(2_000, undefined, { ref: false })]);
    },
  };
}

/** A client names the schema it means in a header; there is one. */
function assertSchema({ method, headers }: IncomingMessage): void {
  const wanted = headers[method === 'GET' || method === 'HEAD' ? 'accept-profile' : 'content-profile'] ?? SCHEMA;
  if (wanted === SCHEMA) return;
  throw apiError(406, 'PGRST106', `Invalid schema: ${String(wanted)}`, {
    hint: `Only the following schemas are exposed: ${SCHEMA}`,
  });
}

interface PlanParts {
  readonly cache: SchemaCache;
  readonly maxRows: number;
}

async function planned(request: IncomingMessage, path: string, url: URL, parts: PlanParts): Promise<Query> {
  const { method = '' } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  const [first = '', second, ...rest] = path.split('/');
  const isCall = first === 'rpc' && second !== undefined;
  if (first === '' || rest.length > 0 || (second !== undefined && !isCall)) {
    throw apiError(404, 'PGRST125', 'Invalid path specified in request URL');
  }
  if (isCall) {
    if (!isRead && method !== 'POST') throw apiError(405, 'PGRST101', `Cannot use the ${method} method on RPC`);
    return planCall(request, second, url, parts);
  }
  if (!isRead) throw apiError(405, 'PGRST117', `Unsupported HTTP method: ${method}`, { details: 'of this double' });
  await parts.cache.assertTable(first);
  return readQuery({ schema: SCHEMA, table: first, parameters: url.searchParams, maxRows: parts.maxRows });
}

async function planCall(request: IncomingMessage, name: string, url: URL, parts: PlanParts): Promise<Query> {
  const { cache, maxRows } = parts;
  if (request.method !== 'POST') {
    const texts = Object.fromEntries(url.searchParams);
    const target = await cache.function(name, Object.keys(texts));
    return callByTexts({ schema: SCHEMA, target, maxRows, isRead: true }, texts);
  }
  const document = (await readBody(request)) || '{}';
  const names = Object.keys(parsed(document));
  const target = await cache.function(name, names);
  return callByDocument({ schema: SCHEMA, target, maxRows, isRead: false }, names, document);
}

function send(request: IncomingMessage, response: ServerResponse, { shape }: Query, { body, count }: Answer): void {
  if (shape === 'nothing') return void response.writeHead(204).end();
  const text = request.method === 'HEAD' ? '' : String(body);
  if (shape === 'value') return sendJson(response, { status: 200, text });
  const headers = { 'content-range': count === 0 ? '*/*' : `0-${count - 1}/*` };
  if (!request.headers.accept?.includes(ONE_ROW)) return sendJson(response, { status: 200, text, headers });
  if (count !== 1) {
    const details = `The result contains ${count} rows`;
    throw apiError(406, 'PGRST116', 'Cannot coerce the result to a single JSON object', { details });
  }
  sendJson(response, { status: 200, text: text.slice(1, -1), headers });
}

function parsed(text: string): object {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    throw apiError(400, 'PGRST102', 'Empty or invalid json');
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

interface JsonAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function sendJson(response: ServerResponse, { status, text, headers = {} }: JsonAnswer): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text);
}
