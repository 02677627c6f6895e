import type { JobResult } from '../measure-all.ts';
import { figureOf } from './results.ts';
import { plainNumber, textTable } from './text-table.ts';

const FIGURE = /^(\d+)-of-(\d+)$/;

/** What a claim costs by the number of waiting tasks, and how that compares with the smallest number. */
export function growthText(results: readonly JobResult[]): string {
  const lines = results
    .filter(({ measure, repetitions }) => measure === 'growth' && repetitions.length > 0)
    .flatMap(({ system, repetitions }) => {
      const costs = Object.keys(repetitions[0]!).flatMap((figure) => {
        const [, limit, size] = FIGURE.exec(figure) ?? [];
        const ms = figureOf('growth', system.id, figure, results);
        return limit && size && ms !== undefined ? [{ limit, size: Number(size), ms }] : [];
      });
      return costs.map(({ limit, size, ms }) => {
        const smallest = costs.find((cost) => cost.limit === limit)!.ms;
        const name = `${system.title}, claim of ${limit}`;
        return [name, `${size.toLocaleString('en')} rows`, `${ms.toFixed(3)} ms`, `${(ms / smallest).toFixed(2)}x`];
      });
    });
  return lines.length === 0 ? '' : `Growth with the backlog (less is better)\n${textTable(lines)}`;
}

/** Submits while the workers hold the write lock as much as they can. */
export function busyText(results: readonly JobResult[]): string {
  const lines = results
    .filter(({ measure, repetitions }) => measure === 'busy' && repetitions.length > 0)
    .map(({ system }) => {
      const figure = (name: string): string => plainNumber(figureOf('busy', system.id, name, results) ?? Number.NaN);
      const times = ['p50', 'p99', 'max'].map((name) => `${name} ${figure(name)} ms`);
      return [system.title, ...times, `${figure('samples')} samples`, `drained ${figure('drain-rate')} /s`];
    });
  return lines.length === 0 ? '' : `Submit while two workers drain at full speed\n${textTable(lines)}`;
}
