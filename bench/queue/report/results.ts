import type { JobResult } from '../measure-all.ts';
import { median } from '../measures/clock.ts';
import type { MeasureName } from '../measures/order.ts';
import type { System } from '../systems.ts';
import type { Row } from './rows.ts';

/** A figure of one system over the repetitions. */
export interface Cell {
  readonly system: System;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The row's figure of every system that has it, the best first. */
export function cellsOf({ measure, figure, better }: Row, results: readonly JobResult[]): readonly Cell[] {
  const cells = results
    .filter((result) => result.measure === measure)
    .flatMap((result) => cellOf(result, figure) ?? []);
  const direction = better === 'more' ? -1 : 1;
  return cells.toSorted((a, b) => direction * (a.median - b.median));
}

export function figureOf(
  measure: MeasureName,
  systemId: string,
  figure: string,
  results: readonly JobResult[],
): number | undefined {
  const result = results.find((candidate) => candidate.measure === measure && candidate.system.id === systemId);
  return result && cellOf(result, figure)?.median;
}

function cellOf({ system, repetitions }: JobResult, figure: string): Cell | undefined {
  const values = repetitions.flatMap((figures) => figures[figure] ?? []);
  if (values.length === 0) return undefined;
  return { system, median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Ours beside the best peer that promises at least as much. */
export interface Comparison {
  readonly ours: Cell;
  readonly best: Cell;
  /** Ours divided by the peer's. */
  readonly ratio: number;
}

/**
 * Each of our systems against the best peer that is at least as durable; without prefetch against those that do not take tasks
 * ahead either. Empty where there is no such peer.
 */
export function comparisonsOf(row: Row, results: readonly JobResult[]): readonly Comparison[] {
  const cells = cellsOf(row, results);
  return cells
    .filter(({ system }) => system.isOurs)
    .flatMap((ours) => {
      const best = cells.find(({ system }) => isPeer(system, ours.system));
      return best ? [{ ours, best, ratio: ours.median / best.median }] : [];
    });
}

function isPeer(candidate: System, ours: System): boolean {
  if (candidate.isOurs || (ours.isDurable && !candidate.isDurable)) return false;
  return ours.takesAhead || !candidate.takesAhead;
}
