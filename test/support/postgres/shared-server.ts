import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import type { PostgresPrograms } from './find-postgres.ts';
import type { PostgresAddress } from './server.ts';

/** The server that the files of this run share; undefined in a project without its global setup. */
export async function sharedServer(programs: PostgresPrograms): Promise<PostgresAddress | undefined> {
  const door: string | undefined = inject('postgresDoor');
  if (door === undefined) return undefined;
  const socket = connect(door);
  socket.write(JSON.stringify(programs));
  const { address, problem } = JSON.parse(await text(socket)) as { address?: PostgresAddress; problem?: string };
  if (address) return address;
  throw new Error(`no Postgres for this run: ${problem}`);
}
