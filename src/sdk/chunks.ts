/** What a bulk call takes: a list, or a stream that is read as it is submitted. */
export type Rows<T> = Iterable<T> | AsyncIterable<T>;

/** The items in lists of at most `size`, in order; a stream is read no further than the list at hand. */
export async function* chunksOf<T>(items: Rows<T>, size: number): AsyncGenerator<readonly T[]> {
  let chunk: T[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
