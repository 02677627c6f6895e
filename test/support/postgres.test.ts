import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildChild } from '../adapters/stores/sqlite/child-process.ts';
import { skipsPostgres, startOwnPostgres, startTestPostgres } from './postgres.ts';
import { findPostgres } from './postgres/find-postgres.ts';
import { usablePrograms } from './postgres/usable-programs.ts';

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

describe.skipIf(skipsPostgres())('a Postgres for tests', () => {
  it('leaves nothing behind when its starter is killed', async () => {
    const program = await buildChild('postgres', new URL('./postgres/child.ts', import.meta.url));
    const child = program.start('keep', '');
    await child.printed(1);
    const { port, folder } = child.lines[0] as { readonly port: number; readonly folder: string };
    expect([await accepts(port), existsSync(folder)]).toEqual([true, true]);
    child.process.kill('SIGKILL');
    await child.exited;
    for (let waits = 0; existsSync(folder) && waits < 200; waits++) await sleep(50);
    expect([await accepts(port), existsSync(folder)]).toEqual([false, false]);
    program.remove();
  });

  it('is one for all files of a run, which see only their own databases', async () => {
    const [one, two] = await Promise.all([startTestPostgres(), startTestPostgres()]);
    const [first, second] = await Promise.all([one.createDatabase(), two.createDatabase()]);
    expect(new URL(first.superuserUrl).port).toBe(new URL(second.superuserUrl).port);
    await first.query("insert into tasks (user_id, type) values ('u1', 'concept_generation')");
    expect(await second.query('select * from tasks')).toEqual([]);
    await one.stop();
    expect(await second.query('select 1 as one')).toEqual([{ one: 1 }]);
    await Promise.all([first.drop(), second.drop()]);
  });

  it('keeps what was committed when it is ended in the middle', async () => {
    const own = await startOwnPostgres();
    const database = await own.createDatabase({ template: 'bare' });
    await database.query('create table kept (n integer)');
    await database.query('insert into kept values (1)');
    await own.restart();
    expect(await database.query('select n from kept')).toEqual([{ n: 1 }]);
    await database.drop();
    await own.stop();
  });

  it('tells the time that it is told, in the databases that ask for it', async () => {
    const postgres = await startTestPostgres();
    const database = await postgres.createDatabase({ hasFakeClock: true });
    const [row] = await database.query(
      "select concept_private.now() as now from (select set_config('concept.now', '2030-01-02T03:04:05.678Z', true)) at",
    );
    expect(row).toEqual({ now: new Date('2030-01-02T03:04:05.678Z') });
    await database.drop();
  });
});

describe('programs of the package', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'concept-programs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are copied with the links that they lack', () => {
    const native = join(folder, 'package', 'native');
    for (const path of ['bin', 'lib']) mkdirSync(join(native, path), { recursive: true });
    for (const path of ['bin/postgres', 'bin/initdb', 'lib/libpq.so.5.18']) writeFileSync(join(native, path), '');
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links));
    const found = {
      kind: 'embedded',
      initdb: join(native, 'bin/initdb'),
      postgres: join(native, 'bin/postgres'),
    } as const;
    const usable = usablePrograms(found, folder, false);
    expect(usable.postgres).toBe(join(folder, 'native', 'bin', 'postgres'));
    expect(readlinkSync(join(folder, 'native', 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  });

  it('are chosen by name, and an unknown name is refused', () => {
    expect(() => findPostgres('oracle')).toThrow('expected one of installed, debian, embedded');
    const chosen = findPostgres('embedded');
    expect('missing' in chosen || chosen.kind === 'embedded').toBe(true);
  });
});
