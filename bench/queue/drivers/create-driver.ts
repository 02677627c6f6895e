import type { Driver, DriverChoice, Place } from '../driver.ts';

/** The driver that is asked for; the packages of the others are not loaded. */
export async function createDriver(choice: DriverChoice, place: Place): Promise<Driver> {
  switch (choice.name) {
    case 'concept':
      return (await import('./concept.ts')).conceptDriver(choice, place.directory);
    case 'bullmq': {
      const port = choice.appendfsync === 'always' ? place.redisAlwaysPort : place.redisEverysecPort;
      return (await import('./bullmq.ts')).bullmqDriver(port!);
    }
    case 'graphile-worker':
      return (await import('./graphile-worker.ts')).graphileDriver(choice.localQueueSize, postgresUrl(place));
    case 'pg-boss':
      return (await import('./pg-boss.ts')).pgBossDriver(choice.batchSize, postgresUrl(place));
    default:
      return choice satisfies never;
  }
}

function postgresUrl({ postgresPort }: Place): string {
  return `postgres://postgres@127.0.0.1:${postgresPort}/postgres`;
}
