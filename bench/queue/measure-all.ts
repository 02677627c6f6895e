import type { Place } from './driver.ts';
import { MEASURES, type Amounts, type Figures, type MeasureName } from './measures/order.ts';
import { runOrder } from './run-order.ts';
import type { System } from './systems.ts';

export interface Job {
  readonly measure: MeasureName;
  readonly system: System;
}

/** Figures of one job, one entry per repetition that succeeded. */
export interface JobResult extends Job {
  readonly repetitions: readonly Figures[];
  readonly failures: readonly string[];
}

export interface MeasureOptions {
  readonly place: Place;
  readonly amounts: Amounts;
  readonly repetitions: number;
  /** The Node to run a system under. */
  readonly executable: (major: System['node']) => string;
  readonly signal: AbortSignal;
}

/** Measured on our store alone. */
const OURS_ONLY: readonly MeasureName[] = ['growth', 'busy'];
/** Once with the default settings and once with the faster ones: enough to see what the disk adds. */
const OURS_ONLY_SYSTEMS = ['concept', 'concept-normal'];

/** What there is to do. @param only parts of `measurement system-id`, any of which must occur; everything when empty */
export function planJobs(systems: readonly System[], only: readonly string[]): readonly Job[] {
  return MEASURES.flatMap((measure) => systems.map((system) => ({ measure, system })))
    .filter(({ measure, system }) =>
      OURS_ONLY.includes(measure)
        ? OURS_ONLY_SYSTEMS.includes(system.id)
        : (system.measures ?? MEASURES).includes(measure),
    )
    .filter(
      ({ measure, system }) => only.length === 0 || only.some((part) => `${measure} ${system.id}`.includes(part)),
    );
}

/** All jobs in turn, and that again and again: whatever the machine does meanwhile hits all systems alike. */
export async function measureAll(jobs: readonly Job[], options: MeasureOptions): Promise<readonly JobResult[]> {
  const { repetitions, signal } = options;
  const results = jobs.map((job) => ({ ...job, repetitions: [] as Figures[], failures: [] as string[] }));
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    for (const result of results) {
      if (signal.aborted) return results;
      process.stderr.write(`${repetition}/${repetitions}  ${result.measure}  ${result.system.title}\n`);
      await measureOnce(result, options);
    }
  }
  return results;
}

async function measureOnce(
  result: JobResult & { readonly repetitions: Figures[]; readonly failures: string[] },
  { place, amounts, executable, signal }: MeasureOptions,
): Promise<void> {
  const { measure, system } = result;
  const order = { measure, driver: system.driver, place, amounts };
  try {
    result.repetitions.push(await runOrder(order, executable(system.node), signal));
  } catch (thrown) {
    if (signal.aborted) return;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    process.stderr.write(`  failed: ${message}\n`);
    result.failures.push(message);
  }
}
