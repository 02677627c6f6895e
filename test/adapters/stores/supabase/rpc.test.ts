import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { supabaseRpc, type Rpc } from '../../../../src/adapters/stores/supabase/rpc.ts';
import { connectSupabase } from '../../../../src/adapters/supabase-connection.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { ConceptError } from '../../../../src/core/errors.ts';
import { sparePort } from '../../../support/spare-port.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { skipsPostgres } from '../../../support/postgres.ts';
import { useTestProject } from '../../../support/supabase.ts';

const KEY = 'sb_secret_0123456789abcdefghij';
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl';

type Answer = readonly [status: number, body: string] | ((request: IncomingMessage, response: ServerResponse) => void);

describe('calls of SQL functions, over a server that answers by a script', () => {
  let server: Server;
  let answers: Answer[];
  let bodies: string[];

  beforeEach(async () => {
    answers = [];
    bodies = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += String(chunk)));
      request.on('end', () => {
        bodies.push(body);
        const answer = answers.shift() ?? [200, '{"done":true}'];
        if (typeof answer === 'function') answer(request, response);
        else response.writeHead(answer[0], { 'content-type': 'application/json' }).end(answer[1]);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const urlOf = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rpcWith = (
    options: { timeoutMs?: number; patienceMs?: number; key?: string; url?: string; accessToken?: string } = {},
  ): Rpc => {
    const { url = urlOf(), key = KEY, timeoutMs, patienceMs, accessToken } = options;
    const connection = connectSupabase({ url, key, timeoutMs, accessToken });
    return supabaseRpc({ connection, suffix: '', clock: systemClock, patienceMs });
  };
  const failure = async (call: Promise<unknown>): Promise<ConceptError> => {
    const thrown = await call.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!ConceptError.isInstance(thrown)) throw new Error(`expected a ConceptError, received ${String(thrown)}`);
    expect(thrown.message).not.toContain('\n');
    return thrown;
  };

  const passing: Record<string, Answer> = {
    'an overloaded gateway': [503, '<html>busy</html>'],
    'a gateway without an upstream': [502, '<html><h1>Bad\ngateway</h1></html>'],
    'a limit of requests': [429, '{"message":"slow down"}'],
    'a network in front': [522, ''],
    'a serialization failure': [500, '{"code":"40001","message":"could not serialize access"}'],
    'a deadlock': [500, '{"code":"40P01","message":"deadlock detected"}'],
    'a lock that is not free': [500, '{"code":"55P03","message":"canceling statement due to lock timeout"}'],
    'a statement timeout': [500, '{"code":"57014","message":"canceling statement due to statement timeout"}'],
    'a schema cache that is being loaded': [503, '{"code":"PGRST002","message":"schema cache"}'],
    'a dropped connection': (request) => request.socket.destroy(),
    'an answer that breaks off': (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"done":');
      setTimeout(() => request.socket.destroy(), 10);
    },
  };
  it.each(Object.entries(passing))('repeats after %s, as the same write', async (_, answer) => {
    answers.push(answer, answer);
    expect(await rpcWith().write('cancel_task', { id: 't' })).toEqual({ done: true });
    const writes = bodies.map((body) => (JSON.parse(body) as { request: { writeId: string } }).request.writeId);
    expect(writes).toHaveLength(3);
    expect(new Set(writes).size).toBe(1);
    await rpcWith().write('cancel_task', { id: 't' });
    expect(bodies.at(-1)).not.toContain(writes[0]);
  });

  it('repeats after an answer that stalls in its body', async () => {
    answers.push((_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'));
    expect(await rpcWith({ timeoutMs: 150 }).read('get_task', {})).toEqual({ done: true });
    expect(bodies).toHaveLength(2);
  });

  it('gives up after a while, and says that it may work later', async () => {
    answers.push(...Array.from({ length: 50 }, () => [502, '<html>\n<h1>Bad gateway</h1></html>'] as const));
    const started = performance.now();
    const error = await failure(rpcWith({ patienceMs: 400 }).write('submit', {}));
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(error.message).toContain('Bad gateway');
    expect(error.message).not.toContain('<');
    expect(error.hint).toContain('concept doctor');
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(bodies.length).toBeGreaterThan(1);
  });

  it('gives up on a server that is not there', async () => {
    const url = `http://127.0.0.1:${await sparePort()}`;
    const error = await failure(rpcWith({ url, patienceMs: 200 }).read('get_task', {}));
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(error.message).toContain('does not answer concept_get_task: connect ECONNREFUSED');
  });

  const strangers: Record<string, Answer> = {
    'an empty missing page': [404, ''],
    'a missing page that is a list': [404, '[]'],
    'nothing at all': [204, ''],
    'a list': [200, '[]'],
    null: [200, 'null'],
    'a text': [200, '"hello"'],
  };
  it.each(Object.entries(strangers))('takes no other answer for ours: %s', async (_, answer) => {
    answers.push(answer);
    const error = await failure(rpcWith().write('submit', {}));
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: false });
    expect(error.hint).toContain('CONCEPT_SUPABASE_URL');
    expect(bodies).toHaveLength(1);
  });

  it('takes the page of another server for no answer', async () => {
    answers.push((_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hi</html>'));
    const error = await failure(rpcWith({ patienceMs: 1 }).write('submit', {}));
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  const verdicts: Record<string, readonly [answer: Answer, expected: object]> = {
    'a function that is missing': [
      [404, '{"code":"PGRST202","message":"Could not find the function"}'],
      { code: 'STORE_UNAVAILABLE', retryable: false, hint: 'apply the migrations with: concept db migrate' },
    ],
    'a token that is no longer in force': [
      [401, '{"code":"PGRST303","message":"JWT expired"}'],
      { code: 'NOT_ALLOWED', hint: expect.stringContaining('sign in') },
    ],
    'a token of somebody else': [[401, '{"code":"PGRST301","message":"No suitable key"}'], { code: 'NOT_ALLOWED' }],
    'no key': [[401, '{"message":"No API key found in request"}'], { code: 'NOT_ALLOWED' }],
    'a right that is missing': [
      [403, '{"code":"42501","message":"permission denied for function concept_claim"}'],
      { code: 'NOT_ALLOWED', hint: expect.stringContaining('key') },
    ],
    'a value that cannot be stored': [
      [400, '{"code":"22P05","message":"unsupported Unicode escape sequence"}'],
      { code: 'INVALID_INPUT' },
    ],
    'a project that was made read-only': [
      [405, '{"code":"25006","message":"cannot execute INSERT in a read-only transaction"}'],
      { code: 'STORAGE_READ_ONLY' },
    ],
    damage: [[500, '{"code":"XX001","message":"invalid page in block 3"}'], { code: 'STORE_CORRUPT' }],
    'an error of ours': [
      [
        409,
        JSON.stringify({
          code: 'PT409',
          message: 'task t is <b>',
          details: '{"code":"INVALID_TRANSITION","hint":"h"}',
        }),
      ],
      { code: 'INVALID_TRANSITION', message: 'task t is <b>', hint: 'h' },
    ],
    'an error of a newer version of ours': [
      [409, JSON.stringify({ code: 'PT409', message: 'm', details: '{"code":"SOMETHING_NEW"}' })],
      { code: 'STORE_UNAVAILABLE', retryable: false },
    ],
  };
  it.each(Object.entries(verdicts))('does not repeat after %s', async (_, [answer, expected]) => {
    answers.push(answer);
    expect(await failure(rpcWith().write('submit', {}))).toMatchObject(expected);
    expect(bodies).toHaveLength(1);
  });

  it('says that the disk is full only when it stays so', async () => {
    const full = [503, '{"code":"53100","message":"could not extend file: No space left on device"}'] as const;
    answers.push(full);
    expect(await rpcWith().write('submit', {})).toEqual({ done: true });
    answers.push(...Array.from({ length: 50 }, () => full));
    expect(await failure(rpcWith({ patienceMs: 200 }).write('submit', {}))).toMatchObject({ code: 'STORAGE_FULL' });
  });

  it('shows no key and no token, wherever they were put', async () => {
    const said = JSON.stringify({
      code: 'XX000',
      message: `no ${KEY}`,
      details: `Bearer ${TOKEN}`,
      hint: `own-key-1 ${KEY}`,
    });
    answers.push([400, said], [400, said]);
    const withToken = await failure(rpcWith({ accessToken: TOKEN }).write('submit', {}));
    const withOldKey = await failure(rpcWith({ key: 'own-key-1' }).write('submit', {}));
    const withBrokenKey = await failure(rpcWith({ key: `${KEY}\nX: y`, patienceMs: 1 }).write('submit', {}));
    for (const error of [withToken, withOldKey, withBrokenKey]) {
      const shown = JSON.stringify([error.message, error.hint, error.stack, error.cause]);
      expect(shown).not.toMatch(/sb_secret_0|eyJhbGci|own-key-1 sb/);
      expect(shown).toContain('[redacted]');
    }
    expect(JSON.stringify(withOldKey.cause)).not.toContain('own-key-1');
  });

  it('ends with its signal: before, between and during the tries', async () => {
    const before = rpcWith().write('submit', {}, { signal: AbortSignal.abort() });
    expect(await failure(before)).toMatchObject({ code: 'ABORTED' });
    expect(bodies).toEqual([]);
    for (const answer of [[503, ''], () => undefined] satisfies Answer[]) {
      answers = Array.from({ length: 50 }, () => answer);
      const abort = new AbortController();
      const call = failure(rpcWith().write('submit', {}, { signal: abort.signal }));
      setTimeout(() => abort.abort(), 50);
      expect(await call).toMatchObject({ code: 'ABORTED' });
    }
  });
});

describe.skipIf(skipsPostgres())('calls of SQL functions, over the API double and a real Postgres', () => {
  const project = useTestProject();

  it.each(['drop', 'drop-after', 'stall', 503, 502] as const)(
    'submit once though the answer was %s',
    async (answer) => {
      project.api.failNext(answer, answer);
      const store = project.store({ timeoutMs: 500 });
      const { task, created } = await store.tasks.submit(newTask(systemClock));
      expect(created).toBe(true);
      expect((await store.tasks.list({})).tasks.map(({ id }) => id)).toEqual([task.id]);
      expect(await store.events.list({ taskId: task.id })).toHaveLength(1);
    },
  );

  it('are refused to whoever has no right to them', async () => {
    const expired = project.api.tokenOf('u1', { exp: Math.floor(Date.now() / 1_000) - 3_600 });
    const refused = { code: 'NOT_ALLOWED' };
    await expect(project.store({ accessToken: expired }).tasks.list({})).rejects.toMatchObject({
      ...refused,
      hint: expect.stringContaining('sign in'),
    });
    for (const token of [`${project.api.tokenOf('u1')}x`, project.api.tokenOf('u1', { role: 'no_such_role' })]) {
      await expect(project.store({ accessToken: token }).tasks.list({})).rejects.toMatchObject(refused);
    }
    const nobody = project.store({ accessToken: project.api.keys.publishable });
    await expect(nobody.tasks.list({})).rejects.toMatchObject(refused);
    const user = project.store({ accessToken: project.api.tokenOf('u1') });
    await expect(user.leases.sweep()).rejects.toMatchObject(refused);
    await expect(user.credits.grant({ userId: 'u1', amount: 5, key: 'k' })).rejects.toMatchObject(refused);
  });

  it('of another suffix are missing, which a migration mends', async () => {
    const call = project.store({ suffix: '_other' }).tasks.submit(newTask(systemClock));
    await expect(call).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: false,
      hint: expect.stringContaining('concept db migrate'),
    });
  });

  it('tell of a value that the database cannot store', async () => {
    const call = project.store().tasks.submit(newTask(systemClock, { idempotencyKey: 'a\u0000b' }));
    await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
