import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from '../cleanup.ts';
import type { Place } from '../driver.ts';
import type { Options, OwnServers } from '../options.ts';
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
  redis: 'There is no redis-server (Debian, Ubuntu: apt-get install redis-server; or see the README)',
  postgres: 'There is no Postgres (Debian, Ubuntu: apt-get install postgresql; or see the README)',
};

/** A directory for all databases and, in it, the servers that these systems need and that are not given. */
export async function startServers(
  systems: readonly System[],
  { directory: root, servers }: Pick<Options, 'directory' | 'servers'>,
  cleanup: Cleanup,
): Promise<Surroundings> {
  const directory = mkdtempSync(join(root ?? tmpdir(), 'concept-bench-'));
  cleanup.add(() => rmSync(directory, { recursive: true, force: true }));
  // The user who runs Postgres must reach its folder.
  chmodSync(directory, 0o755);
  const isNeeded = (server: Server): boolean => systems.some(({ needs }) => needs === server);
  const place: Place = {
    directory,
    ...(isNeeded('redis') ? await redisPorts(servers, directory, cleanup) : NO_REDIS),
    postgresPort: isNeeded('postgres') ? (servers.postgresPort ?? (await startPostgres(directory, cleanup))) : null,
  };
  return {
    place,
    missing: missingOf(systems.filter((system) => !isServed(system, place))),
    remarks:
      statfsSync(directory).type === TMPFS
        ? [`${directory} is in memory: being durable costs nothing there; choose a disk with --directory`]
        : [],
  };
}

function missingOf(unserved: readonly System[]): readonly string[] {
  return (['redis', 'postgres'] as const).flatMap((server) => {
    const titles = unserved.filter(({ needs }) => needs === server).map(({ title }) => title);
    return titles.length === 0 ? [] : [`left out: ${titles.join('; ')}. ${HINTS[server]}`];
  });
}

type RedisPorts = Pick<Place, 'redisEverysecPort' | 'redisAlwaysPort'>;
const NO_REDIS: RedisPorts = { redisEverysecPort: null, redisAlwaysPort: null };

async function redisPorts(given: OwnServers, directory: string, cleanup: Cleanup): Promise<RedisPorts> {
  const { redisEverysecPort, redisAlwaysPort } = given;
  if (redisEverysecPort !== null || redisAlwaysPort !== null) return { redisEverysecPort, redisAlwaysPort };
  return (await startRedis(directory, cleanup)) ?? NO_REDIS;
}

export function isServed({ driver }: System, place: Place): boolean {
  switch (driver.name) {
    case 'concept':
      return true;
    case 'bullmq':
      return (driver.appendfsync === 'always' ? place.redisAlwaysPort : place.redisEverysecPort) !== null;
    case 'graphile-worker':
    case 'pg-boss':
      return place.postgresPort !== null;
    default:
      return driver satisfies never;
  }
}
