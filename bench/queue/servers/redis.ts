import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../cleanup.ts';
import { findProgram } from './find-program.ts';
import { sparePort } from '../../../test/support/spare-port.ts';
import { startServer } from './server-process.ts';

export interface RedisServers {
  readonly redisEverysecPort: number;
  readonly redisAlwaysPort: number;
}

/** Two servers that differ in `appendfsync` alone; undefined when Redis is not installed. */
export async function startRedis(directory: string, cleanup: Cleanup): Promise<RedisServers | undefined> {
  const command = findProgram('redis-server');
  if (!command) return undefined;
  const start = async (appendfsync: string): Promise<number> => {
    const port = await sparePort();
    const data = join(directory, `redis-${appendfsync}`);
    mkdirSync(data);
    const network = ['--port', String(port), '--bind', '127.0.0.1'];
    const storage = ['--dir', data, '--appendonly', 'yes', '--appendfsync', appendfsync, '--save', ''];
    const parameters = [...network, ...storage];
    const readyText = 'Ready to accept connections';
    await startServer({ command, parameters, readyText, stopSignal: 'SIGTERM' }, cleanup);
    return port;
  };
  return { redisEverysecPort: await start('everysec'), redisAlwaysPort: await start('always') };
}
