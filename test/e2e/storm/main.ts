import { parseArgs } from 'node:util';
import { buildChild } from '../../adapters/stores/sqlite/child-process.ts';
import { failuresOf, runStorm } from './storm.ts';
import { seededRandom, STORM } from './storm-options.ts';

/** Runs the storm that the command line asks for and prints what came of it. @returns the exit code. */
export async function main(parameters: readonly string[], child: URL): Promise<number> {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      seconds: { type: 'string', default: `${STORM.seconds}` },
      tasks: { type: 'string', default: `${STORM.tasks}` },
      workers: { type: 'string', default: `${STORM.workers}` },
      'task-ms': { type: 'string', default: `${STORM.taskMs}` },
      seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
    },
  });
  const asked = [values.seconds, values.tasks, values.workers, values['task-ms'], values.seed];
  const [seconds, tasks, workers, taskMs, seed] = asked.map(Number) as [number, number, number, number, number];
  console.log(`storm of seed ${seed}: ${workers} workers, ${tasks} tasks, ${seconds} s`);
  const program = await buildChild('storm', child);
  try {
    const random = seededRandom(seed);
    const figures = await runStorm(program, { ...STORM, seconds, tasks, workers, taskMs, random });
    const { crashes: _crashes, disorder: _disorder, ...numbers } = figures;
    for (const [name, value] of Object.entries(numbers)) console.log(`${name.padEnd(16)} ${value}`);
    const failures = failuresOf(figures);
    for (const failure of failures) console.error(failure);
    return failures.length === 0 ? 0 : 1;
  } finally {
    program.remove();
  }
}
