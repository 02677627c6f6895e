import { setImmediate } from 'node:timers/promises';
import { filesystemBlobs } from '../../../../src/adapters/blobs/filesystem.ts';
import { bytesOf, pathsOf } from './race.ts';

// Runs in a process of its own, bundled. Prints one JSON document a line.
const [role, root, startAt, unlessStoredSince] = process.argv.slice(2) as [string, string, string, string];

/** Both processes turn to a blob at the same time, but for a jitter that lets now one and now the other be first. */
const PACE_MS = 3;
const JITTER_MS = 1;

const blobs = filesystemBlobs({ root });

const roles: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  store: (path) => blobs.put(path, bytesOf(path)),
  remove: (path) => blobs.remove(path, { unlessStoredSince }),
};

const outcomes = new Map<unknown, number>();
for (const [index, path] of pathsOf().entries()) {
  await until(Number(startAt) + index * PACE_MS + Math.random() * JITTER_MS);
  const outcome = await roles[role]!(path);
  if (typeof outcome === 'boolean') outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}
process.stdout.write(`${JSON.stringify({ removed: outcomes.get(true) ?? 0, kept: outcomes.get(false) ?? 0 })}\n`);

async function until(timeMs: number): Promise<void> {
  while (performance.timeOrigin + performance.now() < timeMs) await setImmediate();
}
