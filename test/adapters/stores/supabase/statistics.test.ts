import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { TASK_TYPES, WIRE_NAMES } from '../../../../src/core/task.ts';
import type { ClaimLimits } from '../../../../src/core/claim-limits.ts';
import { newTask, providerFailure } from '../../../contracts/fixtures.ts';
import { skipsPostgres } from '../../../support/postgres.ts';
import { useTestProject } from '../../../support/supabase.ts';

type Json = Readonly<Record<string, unknown>>;

const TYPES = TASK_TYPES.map((type) => WIRE_NAMES[type]);
const [USERS, IN_LINE, SCHEDULED, FINISHED] = [3, 30_000, 100_000, 5_000];
const IDLE = 'look into the outbox that finds nothing';
const TAKE = { limit: 1, unpublishedForMs: 0, republishAfterMs: 300_000 };
const ONE_OF_FEW = `'filler-' || n % ${USERS}`;
const ONE_OF_MANY = "'earlier-' || n";
const IMAGE = { kind: 'blob', path: 'filler-1/uploads/0123456789abcdef.png' };

/** One connection, which keeps its plans as those of a pool do. */
interface Session {
  readonly client: pg.Client;
  call(name: string, request: object): Promise<Json>;
  /** Pages that a call looks at. */
  pages(name: string, request: object): Promise<number>;
}

describe.skipIf(skipsPostgres())('a call reads as little, whatever the statistics say', () => {
  const project = useTestProject();
  let session: Session;
  beforeEach(async () => {
    for (const table of [
      'tasks',
      'concept_private.blob_refs',
      'concept_private.writes',
      'concept_private.fair_turns',
    ]) {
      await project.database.query(`alter table ${table} set (autovacuum_enabled = off)`);
    }
    session = await openSession(project.database.superuserUrl);
    await session.call('register_worker', {
      id: 'w',
      kind: 'worker',
      host: 'h',
      pid: 1,
      types: null,
      leaseMs: 600_000,
    });
  });
  afterEach(() => session.client.end());

  const claim = (more: object = {}) => ({ workerId: 'w', limit: 1, types: TYPES, ...more });
  const limited = (limits: ClaimLimits, limit = 1) => claim({ limits, limit });
  const idWhere = async (condition: string): Promise<string> =>
    (await session.client.query<{ id: string }>(`select id from tasks where ${condition} order by seq desc limit 1`))
      .rows[0]!.id;
  const inLine = () => idWhere("status = 'pending' and not waiting");
  const leased = async () => {
    const { claims } = await session.call('claim', claim());
    const [{ task }] = claims as [{ task: { id: string; leaseToken: string } }];
    return { lease: { taskId: task.id, token: task.leaseToken, workerId: 'w' } };
  };
  const submission = (overrides: object = {}) => ({
    tasks: [{ ...newTask(systemClock), userId: 'filler-1', type: TYPES[0], ...overrides }],
  });
  const asUser = (sub: string) =>
    session.client.query("select set_config('request.jwt.claims', $1, true)", [
      JSON.stringify({ sub, role: 'authenticated' }),
    ]);

  /** What goes before a call, and the call. */
  const CALLS: Readonly<Record<string, () => Promise<readonly [name: string, request: object]>>> = {
    'claim of the next': async () => ['claim', claim()],
    'claim of one type': async () => ['claim', claim({ types: ['concept_refinement'] })],
    'claim under limits': async () => ['claim', limited({ total: 100, perUser: 100 })],
    'claim where all users are at their limit': async () => {
      await session.call('claim', limited({ perUser: 1 }, USERS));
      return ['claim', limited({ perUser: 1 })];
    },
    'claim of what is due by now': async () => {
      await session.client.query('update tasks set run_at = now() where id = $1', [await idWhere('waiting')]);
      return ['claim', claim()];
    },
    'claim by id': async () => ['claim', claim({ taskId: await inLine() })],
    'claim by id before its time': async () => ['claim', claim({ taskId: await idWhere('waiting') })],
    peek: async () => ['peek', {}],
    'look into the outbox': async () => ['outbox_take', TAKE],
    'look into the outbox for what was lost': async () => {
      await session.client.query("update tasks set published_at = '2001-01-01' where id = $1", [await inLine()]);
      return ['outbox_take', { ...TAKE, limit: 2 }];
    },
    'mark of what was published': async () => ['outbox_mark', { taskIds: [await inLine()], published: true }],
    refusal: async () => ['refuse', { taskId: await inLine(), error: providerFailure() }],
    record: async () => ['record', { ...(await leased()), events: [{ type: 'stage.started', data: {} }] }],
    checkpoint: async () => ['checkpoint', { ...(await leased()), checkpoint: { stage: 'image', data: {} } }],
    completion: async () => ['complete', { ...(await leased()), result: { data: {}, files: [], partial: false } }],
    failure: async () => ['fail', { ...(await leased()), error: providerFailure(), retryAt: null }],
    release: async () => ['release', await leased()],
    submission: async () => ['submit', submission()],
    'submission with a key': async () => ['submit', submission({ idempotencyKey: 'key' })],
    'submission with an image': async () => ['submit', submission({ input: { image: IMAGE } })],
    'read by its owner': async () => {
      const id = await idWhere("user_id = 'filler-1' and not waiting");
      await asUser('filler-1');
      return ['get_task', { id }];
    },
    'cancel by its owner': async () => {
      const id = await idWhere("user_id = 'filler-1' and waiting");
      await asUser('filler-1');
      return ['cancel_task', { id }];
    },
    removal: async () => ['remove_tasks', { ids: [await idWhere("status = 'completed'")] }],
    [IDLE]: async () => ['outbox_take', { ...TAKE, unpublishedForMs: 3_600_000 }],
  };

  /** The least of some tries: once in a while a session has to read the catalogue anew. */
  const pagesOf = async (name: string, tries: number): Promise<number> => {
    const read: number[] = [];
    for (let count = 0; count < tries; count += 1) {
      // As if it had not been called: the next one finds the same.
      await session.client.query('begin');
      read.push(await session.pages(...(await CALLS[name]!())));
      await session.client.query('rollback');
    }
    return Math.min(...read);
  };

  /** Rows as they are, without the way there: thousands in a moment. */
  const fill = (count: number, user: string, values: string): Promise<unknown> =>
    project.database.query(
      `insert into tasks (user_id, type, input, input_hash, event_seq, status, turn, waiting, run_at, published_at)
        select ${user}, 'concept_generation', '{}', 'h', 1, ${values} from generate_series(1, $1) n`,
      [count],
    );
  const fillFinished = async (count: number): Promise<void> => {
    await fill(count, ONE_OF_MANY, "'completed', n, false, now(), now()");
    await project.database.query(
      "insert into concept_private.blob_refs (path, task_id) select 'p/' || id, id from tasks where status = 'completed' on conflict do nothing",
    );
  };
  const schedule = (count: number) => fill(count, ONE_OF_FEW, "'pending', 0, true, now() + interval '1 day', null");
  const fillLine = (count: number, publishedAt: 'now()' | 'null') =>
    fill(count, ONE_OF_FEW, `'pending', n / ${USERS}, false, now(), ${publishedAt}`);

  /** How a database comes to have statistics, and sessions plans, that are not true any more. */
  const PASTS: Readonly<Record<string, () => Promise<void>>> = {
    'when sessions made their plans there were a few': async () => {
      await fillFinished(5);
      await schedule(5);
      await fillLine(20, 'null');
      await project.database.query('vacuum analyze tasks, concept_private.blob_refs');
      for (const name of Object.keys(CALLS)) await pagesOf(name, 7);
      await project.database.query('update tasks set published_at = now()');
      await fillFinished(FINISHED);
    },
    'when they were gathered nothing was pending': async () => {
      await fillFinished(FINISHED);
      await project.database.query('analyze tasks, concept_private.blob_refs');
    },
    'they were never gathered': () => fillFinished(FINISHED),
  };

  it.each(Object.keys(PASTS))('%s', { timeout: 120_000 }, async (past) => {
    await PASTS[past]!();
    await schedule(SCHEDULED);
    await fillLine(IN_LINE, 'now()');
    const read: [name: string, pages: number][] = [[IDLE, await pagesOf(IDLE, 3)]];
    await fillLine(IN_LINE, 'null');
    for (const name of Object.keys(CALLS)) if (name !== IDLE) read.push([name, await pagesOf(name, 3)]);
    const [size] = await project.database.query<{ pages: number }>(
      "select (pg_relation_size('tasks') / 8192)::int as pages",
    );
    // All that waits would be nearly all of the table.
    const tooMuch = read.filter(([, pages]) => pages > size!.pages / 10);
    expect(tooMuch).toEqual([]);
  });
});

async function openSession(url: string): Promise<Session> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let count = 0;
  const textOf = (request: object): string => JSON.stringify({ writeId: `write-${(count += 1)}`, ...request });
  return {
    client,
    call: async (name, request) => {
      const { rows } = await client.query<{ answer: Json }>(`select public.concept_${name}($1) as answer`, [
        textOf(request),
      ]);
      return rows[0]!.answer;
    },
    pages: async (name, request) => {
      const { rows } = await client.query<{
        'QUERY PLAN': readonly [{ Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }];
      }>(`explain (analyze, buffers, format json) select public.concept_${name}('${textOf(request)}')`);
      const { Plan } = rows[0]!['QUERY PLAN'][0];
      return Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'];
    },
  };
}
