/** What a bulk call takes: a list, or a stream that is read as it is submitted. */
export type Rows<T> = Iterable<T> | AsyncIterable<T>;

export interface ChunkLimits<T> {
  readonly items: number;
  /** Also ends a chunk as soon as its items together weigh this much. */
  readonly weight?: { readonly of: (item: T) => number; readonly most: number };
}

/** The items in lists within the limits, in order; a stream is read no further than the list at hand. */
export async function* chunksOf<T>(rows: Rows<T>, { items, weight }: ChunkLimits<T>): AsyncGenerator<readonly T[]> {
  let chunk: T[] = [];
  let weighed = 0;
  for await (const row of rows) {
    chunk.push(row);
    weighed += weight?.of(row) ?? 0;
    if (chunk.length < items && !(weight && weighed >= weight.most)) continue;
    yield chunk;
    chunk = [];
    weighed = 0;
  }
  if (chunk.length > 0) yield chunk;
}
