import type { JobResult } from '../measure-all.ts';
import { type System, SYSTEMS } from '../systems.ts';
import { type Budget, budgetsOf, isMet } from './budgets.ts';
import { growthText, busyText } from './ours-text.ts';
import { cellsOf, type Comparison, comparisonsOf } from './results.ts';
import { type Row, ROWS } from './rows.ts';
import { plainNumber, textTable } from './text-table.ts';

export interface ReportOptions {
  readonly results: readonly JobResult[];
  readonly systems: readonly System[];
  readonly heading: string;
  /** What is missing and what to know when reading. */
  readonly remarks: readonly string[];
}

/** The whole report as text. */
export function reportText({ results, systems, heading, remarks }: ReportOptions): string {
  const sections = [
    heading,
    `Systems and what an acknowledged task survives in each\n${durabilityTable(systems)}`,
    ...ROWS.map((row) => rowText(row, results)),
    growthText(results),
    busyText(results),
    ratioText(results),
    budgetText(budgetsOf(results)),
    [...remarks, ...failuresOf(results), ...unseenStartsOf(results)].map((remark) => `! ${remark}\n`).join(''),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function durabilityTable(systems: readonly System[]): string {
  return textTable(
    SYSTEMS.filter((system) => systems.includes(system)).map(({ title, durability, node }) => [
      title,
      durability,
      `Node ${node}`,
    ]),
    [1, 2],
  );
}

function rowText(row: Row, results: readonly JobResult[]): string {
  const cells = cellsOf(row, results);
  if (cells.length === 0) return '';
  const lines = cells.map(({ system, median, least, most }) => [
    system.title,
    `${plainNumber(median)} ${row.unit}`,
    `${plainNumber(least)} to ${plainNumber(most)}`,
    durabilityOf(system),
  ]);
  return `${row.title} (${row.better} is better)\n${textTable(lines, [3])}`;
}

/** Of an acknowledged task, in a power cut. */
function durabilityOf({ isDurable }: System): string {
  return isDurable ? 'durable' : 'relaxed';
}

function ratioText(results: readonly JobResult[]): string {
  const lines = ROWS.flatMap((row) => {
    const title = `${row.title} (${row.better} is better)`;
    const comparisons = comparisonsOf(row, results).toSorted((a, b) => systemRank(a) - systemRank(b));
    return comparisons.map(({ ours, best, ratio }, at) => [
      at === 0 ? title : '',
      ours.system.title,
      `${plainNumber(ratio)}x`,
      `of ${best.system.title}`,
      `${durabilityOf(ours.system)} / ${durabilityOf(best.system)}`,
    ]);
  });
  if (lines.length === 0) return '';
  return `Ours divided by the best peer that is at least as durable\n${textTable(lines, [1, 3, 4])}`;
}

/** The default setting first, as in the list of systems. */
function systemRank({ ours }: Comparison): number {
  return SYSTEMS.indexOf(ours.system);
}

function budgetText(budgets: readonly Budget[]): string {
  const lines = budgets.map((budget) => {
    const { title, kind, limit, value, unit } = budget;
    const verdict = { true: 'met', false: 'NOT MET', undefined: 'not measured' }[String(isMet(budget))]!;
    return [title, `${kind} ${limit} ${unit}`, value === undefined ? '-' : `${plainNumber(value)} ${unit}`, verdict];
  });
  return `Budgets, durable default setting\n${textTable(lines, [1, 3])}`;
}

function failuresOf(results: readonly JobResult[]): readonly string[] {
  return results
    .filter(({ failures }) => failures.length > 0)
    .map(({ measure, system, failures }) => {
      const lines = failures[0]!.split('\n');
      const said = lines.find((line) => /^\s*\w*Error( \[\w+\])?:/.test(line)) ?? lines.at(-1)!;
      return `${measure} of ${system.title} failed in ${failures.length} repetitions: ${said.trim()}`;
    });
}

/** A worker that was not woken up would only look like fewer samples. */
function unseenStartsOf(results: readonly JobResult[]): readonly string[] {
  return results.flatMap(({ measure, system, repetitions }) => {
    const shares = measure === 'latency' ? repetitions.map((figures) => figures['starts-seen'] ?? 1) : [];
    const unseen = 1 - Math.min(1, ...shares);
    return unseen > 0
      ? [`latency of ${system.title}: up to ${plainNumber(unseen * 100)} % of the tasks were not started`]
      : [];
  });
}
