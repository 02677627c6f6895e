import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { ApiError, fromDatabase } from './postgrest/api-error.ts';
import { callQuery, functionCache } from './postgrest/functions.ts';
import { tableRead } from './postgrest/read-table.ts';
import { type Claims, signToken, verifyToken } from './postgrest/tokens.ts';

/**
 * A double of PostgREST and the gateway before it: their wire over loopback HTTP, over a real Postgres. Each request is one
 * transaction of the role `authenticator`, turned into the role of its token, so that the database's own grants and policies
 * decide. Embedding, writes to tables, gateway limits and the staleness of the schema cache are not doubled.
 */
export interface PostgrestDouble {
  readonly url: string;
  readonly keys: { readonly publishable: string; readonly secret: string };
  /** A signed-in user's token; `claims` may overwrite any. */
  tokenOf(userId: string, claims?: Claims): string;
  /** Answers of the next requests: a status, `drop` (before it is carried out), `drop-after`, `stall`, `empty-404`; 0 lets one pass. */
  failNext(...answers: readonly Failure[]): void;
  /** Functions called and tables read, in order. */
  readonly requests: readonly string[];
  /** Reads the functions anew, as `notify pgrst` does. */
  reload(): void;
  close(): Promise<void>;
}

export type Failure = number | 'drop' | 'drop-after' | 'stall' | 'empty-404';

export interface PostgrestDoubleOptions {
  readonly authenticatorUrl: string;
  /** What `concept.now` is set to in each request; left out, the database's clock holds. */
  readonly now?: () => number;
  readonly maxRows?: number;
  readonly secret?: string;
  /** Answers what the gateway sends to the storage. */
  readonly storage?: { handle(request: IncomingMessage, response: ServerResponse): void };
}

/** The keys of every such project. */
export const KEYS = { publishable: 'sb_publishable_of_the_tests', secret: 'sb_secret_of_the_tests' } as const;
const LIFETIME_SECONDS = 3_600;

export async function startPostgrestDouble(options: PostgrestDoubleOptions): Promise<PostgrestDouble> {
  const { authenticatorUrl, now, maxRows = 1_000, secret = 'a secret of at least thirty-two characters' } = options;
  const pool = new pg.Pool({ connectionString: authenticatorUrl, max: 30 });
  pool.on('error', () => undefined);
  const functions = functionCache(pool);
  const planned: Failure[] = [];
  const requests: string[] = [];

  const server = createServer((request, response) => {
    if (options.storage && request.url!.startsWith('/storage/')) return options.storage.handle(request, response);
    const url = new URL(request.url!, 'http://double');
    requests.push(url.pathname.replace('/rest/v1/', '').replace('rpc/', ''));
    answer(request, response, url, planned.shift() ?? 0).catch((thrown: unknown) => {
      if (thrown instanceof ApiError) sendJson(response, thrown.status, thrown.body);
      else sendJson(response, 500, { code: 'XX000', message: String(thrown), details: null, hint: null });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function answer(request: IncomingMessage, response: ServerResponse, url: URL, failure: Failure): Promise<void> {
    if (failure === 'drop') return void request.socket.destroy();
    if (failure === 'empty-404') return void response.writeHead(404).end();
    if (failure === 'stall') return void response.writeHead(200, { 'content-type': 'application/json' }).write('{');
    if (typeof failure === 'number' && failure !== 0) {
      response.writeHead(failure, { 'content-type': 'text/html' }).end('<html><h1>upstream</h1></html>');
      return;
    }
    const claims = identify(request);
    const [, rest, version, ...path] = url.pathname.split('/');
    if (rest !== 'rest' || version !== 'v1')
      throw new ApiError(404, 'PGRST125', 'Invalid path specified in request URL');
    const work = path[0] === 'rpc' ? await planCall(request, path[1]!, url) : planRead(request, path[0]!, url);
    const body = await transact(request, url, claims, work);
    if (failure === 'drop-after') return void request.socket.destroy();
    send(request, response, work, body);
  }

  /** @throws ApiError; a request without a key never gets past the gateway. */
  function identify(request: IncomingMessage): Claims {
    const key = request.headers['apikey'];
    if (typeof key !== 'string') throw new GatewayError();
    const bearer = request.headers.authorization?.replace(/^Bearer /, '');
    const token = bearer === undefined || bearer === key ? key : bearer;
    if (token === KEYS.secret) return { role: 'service_role' };
    if (token === KEYS.publishable) return { role: 'anon' };
    return { role: 'anon', ...verifyToken(token, secret) };
  }

  async function planCall(request: IncomingMessage, name: string, url: URL): Promise<Work> {
    if (request.method !== 'POST' && request.method !== 'GET')
      throw new ApiError(405, 'PGRST101', 'Only GET, HEAD and POST can be used with functions');
    const text =
      request.method === 'GET' ? JSON.stringify(Object.fromEntries(url.searchParams)) : await readBody(request);
    const names = Object.keys(parsed(text));
    const found = await functions.find(name, names);
    return {
      sql: callQuery(found, names),
      values: [text || '{}'],
      isReadOnly: request.method === 'GET' || found.isReader,
      isVoid: found.returns === 'void',
    };
  }

  function planRead(request: IncomingMessage, table: string, url: URL): Work {
    if (request.method !== 'GET') throw new ApiError(405, 'PGRST117', 'this double only reads tables');
    return { ...tableRead(table, url.searchParams, maxRows), isReadOnly: true, isVoid: false };
  }

  async function transact(request: IncomingMessage, url: URL, claims: Claims, work: Work): Promise<unknown> {
    const role = String(claims['role']);
    const client = await pool.connect().catch((thrown: unknown) => {
      throw fromDatabase({ ...(thrown as object), message: String(thrown), code: '08006' }, false);
    });
    let isBroken: Error | undefined;
    try {
      await client.query(work.isReadOnly ? 'begin read only' : 'begin');
      await client.query(SETTINGS, [
        role,
        JSON.stringify({ ...claims, role }),
        request.method,
        url.pathname,
        JSON.stringify(request.headers),
        now ? new Date(now()).toISOString() : '',
      ]);
      const { rows } = await client.query(work.sql, [...work.values]);
      await client.query('commit');
      return rows[0]?.body;
    } catch (thrown) {
      await client.query('rollback').catch((failed: Error) => (isBroken = failed));
      if ((thrown as { code?: string }).code === '22023' && /role/.test(String(thrown))) {
        throw new ApiError(401, '22023', (thrown as Error).message);
      }
      throw fromDatabase(thrown, role === 'anon');
    } finally {
      client.release(isBroken);
    }
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys: KEYS,
    requests,
    tokenOf: (userId, claims = {}) => {
      const exp = Math.floor(Date.now() / 1_000) + LIFETIME_SECONDS;
      return signToken({ sub: userId, role: 'authenticated', aud: 'authenticated', exp, ...claims }, secret);
    },
    failNext: (...answers) => void planned.push(...answers),
    reload: () => functions.reload(),
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await Promise.race([pool.end(), setTimeout(2_000, undefined, { ref: false })]);
    },
  };
}

interface Work {
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly isReadOnly: boolean;
  readonly isVoid: boolean;
}

const SETTINGS = `
  select set_config('search_path', 'public', true), set_config('role', $1, true), set_config('request.jwt.claims', $2, true),
    set_config('request.method', $3, true), set_config('request.path', $4, true), set_config('request.headers', $5, true),
    set_config('concept.now', $6, true)`;

/** The gateway's own refusal has no code. */
class GatewayError extends ApiError {
  override readonly body = {
    message: 'No API key found in request',
    hint: 'No `apikey` request header or url param was found.',
  };
  constructor() {
    super(401, '', 'No API key found in request');
  }
}

function send(request: IncomingMessage, response: ServerResponse, { isVoid }: Work, body: unknown): void {
  if (isVoid) return void response.writeHead(204).end();
  const wantsOne = request.headers.accept?.includes('application/vnd.pgrst.object') === true;
  if (!wantsOne || !Array.isArray(body)) return sendJson(response, 200, body);
  if (body.length === 1) return sendJson(response, 200, body[0]);
  throw new ApiError(406, 'PGRST116', 'Cannot coerce the result to a single JSON object', {
    details: `The result contains ${body.length} rows`,
  });
}

function parsed(text: string): object {
  try {
    return (text === '' ? {} : JSON.parse(text)) as object;
  } catch {
    throw new ApiError(400, 'PGRST102', 'Empty or invalid json');
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
