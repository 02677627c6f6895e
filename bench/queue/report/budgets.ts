import type { JobResult } from '../measure-all.ts';
import { comparisonsOf, figureOf } from './results.ts';
import { ROWS } from './rows.ts';

const DEFAULT_SYSTEM = 'concept';

/** What the durable default setting has to reach. */
export interface Budget {
  readonly title: string;
  readonly limit: number;
  readonly kind: 'at least' | 'at most';
  /** Undefined when it was not measured in this run. */
  readonly value: number | undefined;
  readonly unit: string;
}

export function budgetsOf(results: readonly JobResult[]): readonly Budget[] {
  const absolute = { kind: 'at most', unit: 'ms' } as const;
  const figure = (measure: 'latency' | 'busy', name: string): number | undefined =>
    figureOf(measure, DEFAULT_SYSTEM, name, results);
  return [
    ...ratioBudgets('drain', ['c1', 'c10', 'c50', '2xc10'], 2, results),
    ...fairnessBudgets(['c10', 'c50'], results),
    ...ratioBudgets('enqueue', ['hundreds', 'bulk'], 3, results),
    { ...absolute, title: 'Submit to start, p50', limit: 2.5, value: figure('latency', 'start-p50') },
    { ...absolute, title: 'Submit while two workers drain, p99', limit: 10, value: figure('busy', 'p99') },
    growthBudget(1, results),
    growthBudget(10, results),
    { kind: 'at most', unit: '%', title: 'CPU of an idle worker', limit: 0.5, value: figure('latency', 'idle-cpu') },
  ];
}

/** @returns undefined when it was not measured */
export function isMet({ kind, limit, value }: Budget): boolean | undefined {
  if (value === undefined) return undefined;
  return kind === 'at least' ? value >= limit : value <= limit;
}

function ratioBudgets(
  measure: 'drain' | 'enqueue',
  figures: readonly string[],
  limit: number,
  results: readonly JobResult[],
): readonly Budget[] {
  return ROWS.filter((row) => row.measure === measure && figures.includes(row.figure)).map((row) => {
    const comparison = comparisonsOf(row, results).find(({ ours }) => ours.system.id === DEFAULT_SYSTEM);
    const against = comparison ? ` / ${comparison.best.system.title}` : ' / best durable peer';
    return { title: `${row.title}${against}`, kind: 'at least', limit, value: comparison?.ratio, unit: 'x' };
  });
}

/** What users in turn and limits cost. */
function fairnessBudgets(figures: readonly string[], results: readonly JobResult[]): readonly Budget[] {
  return figures.map((name) => {
    const plain = figureOf('drain', DEFAULT_SYSTEM, name, results);
    const fair = figureOf('drain', 'concept-fair', name, results);
    const value = plain !== undefined && fair !== undefined ? fair / plain : undefined;
    const title = `Drain ${name}, 100 users with limits / one without`;
    return { title, kind: 'at least', limit: 0.9, value, unit: 'x' };
  });
}

function growthBudget(limit: number, results: readonly JobResult[]): Budget {
  const small = figureOf('growth', DEFAULT_SYSTEM, `${limit}-of-1000`, results);
  const large = figureOf('growth', DEFAULT_SYSTEM, `${limit}-of-1000000`, results);
  return {
    title: `Claim of ${limit} at 1,000,000 rows / at 1,000`,
    kind: 'at most',
    limit: 1.25,
    value: small !== undefined && large !== undefined ? large / small : undefined,
    unit: 'x',
  };
}
