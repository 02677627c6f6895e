import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/**
 * What befalls a request: a status of the gateway; `drop`: the connection is closed before the work, `drop-after`: after it; `stall`:
 * the answer begins and never ends; `empty-404`: what a wrong address can give; `delayMs`: it takes longer. 0 lets it pass.
 */
export type Failure = number | 'drop' | 'drop-after' | 'stall' | 'empty-404' | { readonly delayMs: number };

export interface PlannedFailures {
  /** Those of the next requests. */
  plan(failures: readonly Failure[]): void;
  /** Those of the next calls of a function or reads of a table. */
  planFor(name: string, failures: readonly Failure[]): void;
  take(name: string): Failure;
}

export function plannedFailures(): PlannedFailures {
  const next: Failure[] = [];
  const byName = new Map<string, Failure[]>();
  return {
    plan: (failures) => void next.push(...failures),
    planFor: (name, failures) => void byName.set(name, [...(byName.get(name) ?? []), ...failures]),
    take: (name) => byName.get(name)?.shift() ?? next.shift() ?? 0,
  };
}

/** @returns whether the request is done for. */
export async function failBefore(failure: Failure, response: ServerResponse): Promise<boolean> {
  if (typeof failure === 'object') await setTimeout(failure.delayMs);
  else if (failure === 'drop') response.destroy();
  else if (failure === 'empty-404') response.writeHead(404).end();
  else if (failure === 'stall') response.writeHead(200, { 'content-type': 'application/json' }).write('{');
  else if (typeof failure === 'number' && failure !== 0) {
    response.writeHead(failure, { 'content-type': 'text/html' }).end('<html><h1>upstream</h1></html>');
  } else return false;
  return typeof failure !== 'object';
}
