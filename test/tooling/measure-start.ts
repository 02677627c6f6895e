import { spawnSync } from 'node:child_process';

/** A process to start: its arguments after `node`. */
export type StartArguments = readonly string[];

/**
 * The median wall time in milliseconds from start to exit of each process. The runs are interleaved, so that a busy
 * moment of the machine falls on all of them alike; the first round fills the caches and does not count.
 * @throws Error when a process fails: a fast failure is not a fast start.
 */
export function measureStarts<Name extends string>(
  commands: Readonly<Record<Name, StartArguments>>,
  { rounds, env }: { readonly rounds: number; readonly env: NodeJS.ProcessEnv },
): Record<Name, number> {
  const names = Object.keys(commands) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const elapsedMs = timeStart(commands[name], env);
      if (round > 0) times[name].push(elapsedMs);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
}

function timeStart(args: StartArguments, env: NodeJS.ProcessEnv): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  const elapsedMs = performance.now() - startedAt;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return elapsedMs;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
