import { throwIfAborted } from './abort.ts';
import { type ConceptError, toConceptError } from './errors.ts';

type Step<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Runs steps at the same time. When one fails the others' signal is aborted, all are awaited, and then the first
 * failure is thrown: nothing dangles.
 */
export async function allOrAbort<const Steps extends readonly Step<unknown>[]>(
  steps: Steps,
  signal: AbortSignal,
): Promise<{ -readonly [K in keyof Steps]: Steps[K] extends Step<infer T> ? T : never }> {
  const failure = new AbortController();
  const joined = AbortSignal.any([signal, failure.signal]);
  let first: { readonly thrown: unknown } | undefined;
  const results = await Promise.all(
    steps.map(async (step) => {
      try {
        throwIfAborted(joined);
        return await step(joined);
      } catch (thrown) {
        first ??= { thrown };
        failure.abort(thrown);
        return undefined;
      }
    }),
  );
  if (first) throw first.thrown;
  return results as { -readonly [K in keyof Steps]: Steps[K] extends Step<infer T> ? T : never };
}

/** Maps with at most `limit` calls under way, in order of the results; fails like {@link allOrAbort}. */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  limit: number,
  signal: AbortSignal,
  map: (item: Item, index: number, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const lane = async (laneSignal: AbortSignal): Promise<void> => {
    while (next < items.length) {
      throwIfAborted(laneSignal);
      const index = next++;
      results[index] = await map(items[index]!, index, laneSignal);
    }
  };
  const lanes = Array.from({ length: Math.min(limit, items.length) }, () => lane);
  await allOrAbort(lanes, signal);
  return results;
}

/** How one of several independent pieces of work ended. */
export type Settled<T> = { readonly value: T } | { readonly error: ConceptError };

/**
 * Like {@link mapBounded}, but every item settles on its own: a failure is its item's outcome and leaves the others alone.
 * @throws when the signal aborts, and ABORTED or LEASE_LOST of any item: nothing of the whole is wanted any more.
 */
export function settleBounded<Item, Result>(
  items: readonly Item[],
  limit: number,
  signal: AbortSignal,
  map: (item: Item, index: number, signal: AbortSignal) => Promise<Result>,
): Promise<Array<Settled<Result>>> {
  return mapBounded(items, limit, signal, async (item, index, stepSignal) => {
    try {
      return { value: await map(item, index, stepSignal) };
    } catch (thrown) {
      throwIfAborted(stepSignal);
      const error = toConceptError(thrown);
      if (error.code === 'ABORTED' || error.code === 'LEASE_LOST') throw error;
      return { error };
    }
  });
}
