import { toConceptError } from '../../../core/errors.ts';
import { type Diagnosis, type Problem, problemOf } from '../../../ports/diagnosis.ts';
import type { StorageRequests } from './requests.ts';

/** Whether the buckets are there and private. */
export async function diagnoseBuckets(
  buckets: Iterable<string>,
  requests: StorageRequests,
  signal: AbortSignal | undefined,
): Promise<Diagnosis> {
  const names = [...buckets];
  const problems: Problem[] = [];
  for (const name of names) {
    try {
      const about = { subject: `bucket ${name}`, signal };
      const bucket = await requests.send(about, ({ storage }) => storage.getBucket(name));
      if (bucket.public) problems.push(isPublic(name));
    } catch (thrown) {
      problems.push(problemOf(thrown, 'check the address and the keys in: concept config'));
      // Of a storage that is away the same would be said of each bucket, after as long again.
      if (toConceptError(thrown).retryable) break;
    }
  }
  return { facts: { blobs: 'supabase', buckets: names.join(', ') }, problems };
}

function isPublic(name: string): Problem {
  return {
    code: 'NOT_ALLOWED',
    message: `bucket ${name} is public: everybody who has a path can read its images`,
    hint: 'make it private in the dashboard; images are handed out by signed addresses',
  };
}
