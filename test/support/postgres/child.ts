import { findPostgres, type PostgresPrograms } from './find-postgres.ts';
import { startPostgresServer } from './server.ts';

// Runs in a process of its own, bundled: starts a server, tells of it, and waits to be killed.
const { port, folder } = await startPostgresServer(findPostgres() as PostgresPrograms);
process.stdout.write(`${JSON.stringify({ port, folder })}\n`);
setInterval(() => undefined, 1_000);
