import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from '../cleanup.ts';
import type { Place } from '../driver.ts';
import type { Server, System } from '../systems.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

const TMPFS = 0x01021994;

export interface Surroundings {
  readonly place: Place;
  /** What is not there, and what to do about it. */
  readonly missing: readonly string[];
  readonly remarks: readonly string[];
}

const HINTS: Readonly<Record<Server, string>> = {
  redis: 'redis-server is not installed: BullMQ is left out (Debian, Ubuntu: apt-get install redis-server)',
  postgres:
    'Postgres is not installed: graphile-worker and pg-boss are left out (Debian, Ubuntu: apt-get install postgresql)',
};

/** A directory for all databases and, in it, the servers that these systems need. */
export async function startServers(
  systems: readonly System[],
  root: string | null,
  cleanup: Cleanup,
): Promise<Surroundings> {
  const directory = mkdtempSync(join(root ?? tmpdir(), 'concept-bench-'));
  cleanup.add(() => rmSync(directory, { recursive: true, force: true }));
  // The user who runs Postgres must reach its folder.
  chmodSync(directory, 0o755);
  const needs = (server: Server): boolean => systems.some((system) => system.needs === server);
  const redis = needs('redis') ? await startRedis(directory, cleanup) : undefined;
  const postgresPort = needs('postgres') ? await startPostgres(directory, cleanup) : undefined;
  const missing = [
    ...(needs('redis') && !redis ? [HINTS.redis] : []),
    ...(needs('postgres') && postgresPort === undefined ? [HINTS.postgres] : []),
  ];
  return {
    place: {
      directory,
      redisEverysecPort: redis?.everysecPort ?? null,
      redisAlwaysPort: redis?.alwaysPort ?? null,
      postgresPort: postgresPort ?? null,
    },
    missing,
    remarks:
      statfsSync(directory).type === TMPFS
        ? [`${directory} is in memory: being durable costs nothing there; choose a disk with --directory`]
        : [],
  };
}

export function isServed({ needs }: System, { redisAlwaysPort, postgresPort }: Place): boolean {
  if (needs === 'redis') return redisAlwaysPort !== null;
  return needs === null || postgresPort !== null;
}
