import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bareStages } from './bare-stages.ts';
import { openWorkedQueue, type TaskTimes } from './worked-queue.ts';
import { LOGOS, type MainJob, THEMES } from './main-job.ts';

const BUDGET_MS = 2;
const WARM_UP_JOBS = 2;

const USAGE = `npm run bench:task -- [options]

  --jobs N         pairs of runs, default 15
  --directory DIR  where the database and the images are put, default the system's temporary directory; a file system on a disk
  --help`;

/**
 * What a task costs beyond its stages: the main job through a durable store and a worker, against the same calls without either,
 * in turn and in one process. @returns the exit code
 */
export async function main(words: readonly string[]): Promise<number> {
  const options = {
    jobs: { type: 'string', default: '15' },
    directory: { type: 'string', default: tmpdir() },
    help: { type: 'boolean', default: false },
  } as const;
  const { values } = parseArgs({ args: [...words], options });
  const count = Number(values.jobs);
  if (values.help || !Number.isInteger(count) || count < 1) {
    process.stdout.write(`${USAGE}\n`);
    return values.help ? 0 : 2;
  }
  const directory = mkdtempSync(join(values.directory, 'concept-bench-'));
  try {
    report(await measure(directory, count));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return 0;
}

interface Pair extends TaskTimes {
  readonly bareMs: number;
}

async function measure(directory: string, count: number): Promise<readonly Pair[]> {
  const runBare = bareStages(join(directory, 'bare'));
  const queue = await openWorkedQueue(join(directory, 'worked'));
  const pairs: Pair[] = [];
  try {
    for (let index = 0; index < WARM_UP_JOBS + count; index++) {
      const job = jobOf(index);
      // Who goes first takes turns: what the first warms up is the second's gain.
      const bareFirst = index % 2 === 0 ? await timed(() => runBare(job)) : undefined;
      const times = await queue.runTask(job);
      const bareMs = bareFirst ?? (await timed(() => runBare(job)));
      if (index >= WARM_UP_JOBS) pairs.push({ ...times, bareMs });
    }
  } finally {
    await queue.close();
  }
  return pairs;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

function jobOf(index: number): MainJob {
  return {
    logoDescription: LOGOS[index % LOGOS.length]!,
    themeDescription: THEMES[index % THEMES.length]!,
    numPalettes: 7,
    seed: index,
  };
}

function report(pairs: readonly Pair[]): void {
  const overhead = pairs.map(({ workerMs, bareMs }) => workerMs - bareMs);
  const roundTrip = pairs.map(({ roundTripMs, bareMs }) => roundTripMs - bareMs);
  const verdict = quantile(overhead, 0.5) <= BUDGET_MS ? 'met' : 'NOT MET';
  const lines = [
    `Main job with the built-in provider, medians of ${pairs.length} pairs, Node ${process.versions.node}`,
    `  bare stages, no store               ${milliseconds(pairs.map(({ bareMs }) => bareMs))}`,
    `  through a worker, durability full   ${milliseconds(pairs.map(({ workerMs }) => workerMs))}`,
    `  difference, pair by pair            ${milliseconds(overhead)}   budget: at most ${BUDGET_MS} ms, ${verdict}`,
    `  difference with submit and wait     ${milliseconds(roundTrip)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** The median and where the middle half lies. */
function milliseconds(values: readonly number[]): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(values, share).toFixed(2));
  return `${middle!.padStart(7)} ms (${low} to ${high})`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
