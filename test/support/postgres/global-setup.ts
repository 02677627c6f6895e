import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { PostgresPrograms } from './find-postgres.ts';
import { type PostgresServer, startPostgresServer } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the files of a run ask for the server that they share. */
    readonly postgresDoor: string;
  }
}

/**
 * One server of each kind for all files of a run, started by the first that asks: who tests nothing of it pays for a socket.
 * The server belongs to this process, which outlives those of the files.
 */
export function setup(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'concept-door-'));
  const door = join(folder, 'ask');
  const servers = new Map<string, Promise<PostgresServer>>();
  const answer = async (socket: Socket, programs: PostgresPrograms): Promise<void> => {
    const known = servers.get(programs.postgres) ?? startPostgresServer(programs);
    servers.set(programs.postgres, known);
    const { kind, port, password } = await known;
    socket.end(JSON.stringify({ address: { kind, port, password } }));
  };
  const listener = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').once('data', (line: string) => {
      answer(socket, JSON.parse(line) as PostgresPrograms).catch((thrown: unknown) => {
        socket.end(JSON.stringify({ problem: String(thrown) }));
      });
    });
  });
  listener.listen(door).unref();
  project.provide('postgresDoor', door);
  return async () => {
    listener.close();
    for (const server of await Promise.allSettled(servers.values())) {
      if (server.status === 'fulfilled') await server.value.stop();
    }
    rmSync(folder, { recursive: true, force: true });
  };
}
