import { openSqlite } from '../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import { PARTS_STAGE } from '../../../src/core/closing-run.ts';
import { stuckWorker } from './stuck-worker.ts';

// Runs in a process of its own, bundled. Works on a task until its disk is stuck, and prints how many variations are kept.
const [, file, root, stored] = process.argv.slice(2) as [string, string, string, string];

const backend = await openSqlite({ file, clock: systemClock });
// What never answers keeps no process alive; nor does it outlive a test that broke off.
setTimeout(() => process.exit(1), 60_000);
const worker = stuckWorker(backend, {
  root,
  stored: Number(stored),
  onCheckpoint: (stage, data) => {
    if (stage === PARTS_STAGE) process.stdout.write(`${JSON.stringify((data as unknown[]).length)}\n`);
  },
});
await worker.run({ signal: new AbortController().signal });
