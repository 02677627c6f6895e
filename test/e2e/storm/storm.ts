import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqlite } from '../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import type { Store } from '../../../src/ports/store.ts';
import type { ChildProgram } from '../../adapters/stores/sqlite/child-process.ts';
import { temporaryDirectory } from '../../adapters/stores/sqlite/temporary-directory.ts';
import { startFleet } from './fleet.ts';
import type { StormOptions } from './storm-options.ts';
import { startTraffic } from './traffic.ts';
import { type Findings, verify } from './verify.ts';

export interface StormFigures extends Findings {
  readonly kills: number;
  readonly stops: number;
  readonly cancelled: number;
  /** Calls that were answered with an error because the store was busy for too long. */
  readonly refused: number;
  /** How long a user waited at most for the answer of one call. */
  readonly slowestMs: number;
  /** Workers that ended by themselves, with what they had to say. */
  readonly crashes: readonly string[];
  readonly seconds: number;
}

/** Runs the storm and looks at what it left. */
export async function runStorm(program: ChildProgram, options: StormOptions): Promise<StormFigures> {
  const directory = temporaryDirectory();
  const file = directory.file('concept.db');
  const log = directory.file('executions.log');
  writeFileSync(log, '');
  const startedAt = performance.now();
  const { store, queue } = await openSqlite({ file, clock: systemClock });
  const fleet = startFleet({ ...options, program, file, log });
  let crashes: readonly string[] = [];
  try {
    const traffic = startTraffic(store, options);
    const endsAt = startedAt + options.seconds * 1_000;
    while (performance.now() < endsAt) {
      await sleep(options.hitEveryMs);
      fleet.hit();
    }
    await traffic.done;
    await drained(store, options.drainMs);
    crashes = await fleet.end();
    const findings = await verify(file, log, traffic);
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    const { kills, stops } = fleet;
    const { cancelled, refused, slowestMs } = traffic;
    return { ...findings, kills, stops, cancelled: cancelled.size, refused, slowestMs, crashes, seconds };
  } finally {
    await fleet.end();
    await queue.close();
    await store.close();
    directory.remove();
  }
}

/** Waits until nothing is left to do, or for as long as it may take: what is left then was lost. */
async function drained(store: Store, limitMs: number): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (performance.now() < giveUpAt) {
    const { pending, processing } = await store.tasks.counts({});
    if (pending + processing === 0) return;
    await sleep(100);
  }
}

/** What must not be, in words; nothing when the storm was weathered. */
export function failuresOf(figures: StormFigures): readonly string[] {
  const { lost, completedTwice, disordered, disorder, integrity, crashes } = figures;
  return [
    ...(lost > 0 ? [`${lost} tasks were lost`] : []),
    ...(completedTwice > 0 ? [`${completedTwice} tasks were not completed exactly once`] : []),
    ...(disordered > 0 ? [`${disordered} tasks have events out of order: ${disorder}`] : []),
    ...(integrity === 'ok' ? [] : [`the integrity check says: ${integrity}`]),
    ...crashes,
  ];
}
