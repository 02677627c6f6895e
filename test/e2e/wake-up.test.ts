import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { chooseDriver } from '../../src/adapters/stores/sqlite/driver.ts';
import { eventually, sandbox, type Sandbox } from './cli/support.ts';

const SUBMIT = ['submit', '--logo', 'a panda', '--theme', 'green and white', '--palettes', '1'] as const;
const SUBMITS = 5;
/** A bound, not a measurement: other tests have the machine too. */
const USUALLY_MS = 1_000;
const LATEST_MS = 2_500;

const LEASE_SECONDS = 3;
const BEAT_MS = 1_000;
const WATCHED_MS = 4_000;

async function idleWorker({ start, json }: Sandbox) {
  const worker = start(['work'], { CONCEPT_LEASE_SECONDS: `${LEASE_SECONDS}` });
  await eventually(async () => ((await json('status')).workers === 1 ? true : undefined));
  return worker;
}

describe('an idle worker', () => {
  it('starts what another process submits as soon as it is there', async () => {
    const place = await sandbox();
    const worker = await idleWorker(place);
    const waits: number[] = [];
    for (let count = 0; count < SUBMITS; count++) {
      const { task } = await place.json(...SUBMIT, '--seed', `${count}`);
      const { startedAt, createdAt } = (await place.json('wait', task.id)).task;
      waits.push(Date.parse(startedAt!) - Date.parse(createdAt));
    }
    const sorted = waits.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(SUBMITS / 2)]).toBeLessThan(USUALLY_MS);
    expect(sorted.at(-1)).toBeLessThan(LATEST_MS);
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  });

  it('writes nothing but its heartbeats, and rings no bell', async () => {
    const place = await sandbox();
    const worker = await idleWorker(place);
    const file = join(place.home, 'concept.db');
    const database = (await chooseDriver()).open(file);
    const one = <T>(sql: string): T => database.prepare(sql).get() as T;
    const version = (): number => one<{ data_version: number }>('PRAGMA data_version').data_version;
    const beat = (): number => one<{ at: number }>('SELECT max(beat_at) AS at FROM worker').at;
    const rungAt = (bell: string): number => statSync(`${file}.bell-${bell}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const bells = (): number[] => ['work', 'done'].map(rungAt);
    const before = { bells: bells(), beats: new Set([beat()]), versions: new Set([version()]) };
    const endsAt = performance.now() + WATCHED_MS;
    while (performance.now() < endsAt) {
      await sleep(20);
      // In this order: a beat between the two is counted with the next look, never as a change without one.
      before.versions.add(version());
      before.beats.add(beat());
    }
    expect(bells()).toEqual(before.bells);
    expect(before.beats.size).toBeGreaterThanOrEqual(WATCHED_MS / BEAT_MS - 1);
    expect(before.versions.size).toBeLessThanOrEqual(before.beats.size);
    database.close();
    worker.child.kill('SIGTERM');
    await worker.ended;
  });
});
