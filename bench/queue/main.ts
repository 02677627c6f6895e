import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { dirname } from 'node:path';
import { type Cleanup, createCleanup } from './cleanup.ts';
import { type Job, type JobResult, measureAll, planJobs } from './measure-all.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { installPeers, provideNode, versionOfNode } from './prepare/install.ts';
import { budgetsOf, isMet } from './report/budgets.ts';
import { reportText } from './report/print-report.ts';
import { comparisonsOf } from './report/results.ts';
import { ROWS } from './report/rows.ts';
import { isServed, startServers, type Surroundings } from './servers/start-servers.ts';
import { type System, SYSTEMS } from './systems.ts';

/** Bundled into `.cache/build/`. */
const CACHE = dirname(import.meta.dirname);
const SOURCE = dirname(CACHE);
const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `npm run bench:queue`: see the README beside this file. @returns the exit code: 1 when a measurement failed, 130 when it was interrupted */
export async function main(words: readonly string[]): Promise<number> {
  const options = readOptions(words);
  if (!options) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const cleanup = createCleanup();
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  for (const name of INTERRUPTIONS) process.on(name, interrupt);
  try {
    const isWhole = await measureAndReport(options, cleanup, stop.signal);
    if (stop.signal.aborted) return 130;
    return isWhole ? 0 : 1;
  } finally {
    await cleanup.run();
    for (const name of INTERRUPTIONS) process.off(name, interrupt);
  }
}

/** @returns whether every measurement that could be done was done */
async function measureAndReport(options: Options, cleanup: Cleanup, signal: AbortSignal): Promise<boolean> {
  const planned = planJobs(SYSTEMS, options.only);
  if (planned.length === 0) throw new Error(`--only ${options.only.join(',')} fits no measurement`);
  const wanted = systemsOf(planned);
  const nodes = new Map(
    [...new Set(wanted.map(({ node }) => node))].map((major) => [major, provideNode(major, CACHE)]),
  );
  const surroundings = await startServers(wanted, options, cleanup);
  const { place } = surroundings;
  const jobs = planned.filter(({ system }) => isServed(system, place));
  if (jobs.some(({ system }) => !system.isOurs)) installPeers(SOURCE, CACHE);
  const { amounts, repetitions } = options;
  const executable = (major: System['node']): string => nodes.get(major)!;
  const results = await measureAll(jobs, { place, amounts, repetitions, executable, signal });
  const versions = [...nodes.values()].map(versionOfNode);
  publish(results, options, { surroundings, versions, isWhole: !signal.aborted });
  return results.every(({ failures }) => failures.length === 0);
}

interface RunFacts {
  readonly surroundings: Surroundings;
  readonly versions: readonly string[];
  readonly isWhole: boolean;
}

function publish(results: readonly JobResult[], options: Options, { surroundings, versions, isWhole }: RunFacts): void {
  const { quick, repetitions, jsonFile } = options;
  const remarks = [
    ...surroundings.missing,
    ...surroundings.remarks,
    ...(quick ? ['--quick: small amounts, rough figures'] : []),
    ...(isWhole ? [] : ['interrupted: not every repetition is there']),
  ];
  const [processor] = cpus();
  const machine = `${cpus().length} x ${processor?.model ?? 'unknown processor'}, ${process.platform} ${release()}`;
  const heading = `Queue benchmark: medians of ${repetitions} interleaved repetitions; Node ${versions.join(' and ')}; ${machine}\n`;
  process.stdout.write(`${reportText({ results, systems: systemsOf(results), heading, remarks })}\n`);
  if (jsonFile === null) return;
  const comparisons = ROWS.flatMap((row) => comparisonsOf(row, results).map((comparison) => ({ row, ...comparison })));
  const budgets = budgetsOf(results).map((budget) => ({ ...budget, met: isMet(budget) ?? null }));
  const document = { machine, versions, repetitions, quick, remarks, results, comparisons, budgets };
  writeFileSync(jsonFile, `${JSON.stringify(document, undefined, 2)}\n`);
}

function systemsOf(jobs: readonly Job[]): readonly System[] {
  return [...new Set(jobs.map(({ system }) => system))];
}
