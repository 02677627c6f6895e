import { ConceptError } from '../core/errors.ts';
import type { ConceptClient } from './client.ts';

export interface LazyTarget {
  readonly client: ConceptClient;
  close(): Promise<void>;
}

/**
 * A client that connects with its first call, so that making one neither waits nor fails. A connection that failed is tried
 * again by the next call.
 */
export function lazyClient(open: () => Promise<LazyTarget>): ConceptClient {
  let target: Promise<LazyTarget> | undefined;
  let closed = false;
  const connected = async (): Promise<ConceptClient> => {
    if (closed)
      throw new ConceptError('INVALID_INPUT', 'this client is closed', { hint: 'make a new one with createConcept()' });
    target ??= open().catch((thrown: unknown) => {
      target = undefined;
      throw thrown;
    });
    return (await target).client;
  };
  return {
    tasks: lazyTasks(connected),
    batches: lazyBatches(connected),
    concepts: lazyConcepts(connected),
    credits: lazyCredits(connected),
    maintenance: lazyMaintenance(connected),
    close: async () => {
      closed = true;
      await (await target?.catch(() => undefined))?.close();
    },
  };
}

type Connected = () => Promise<ConceptClient>;

function lazyTasks(connected: Connected): ConceptClient['tasks'] {
  return {
    submit: async (submission, settings) => (await connected()).tasks.submit(submission, settings),
    check: async (submission, settings) => (await connected()).tasks.check(submission, settings),
    submitMany: async (submissions, settings) => (await connected()).tasks.submitMany(submissions, settings),
    get: async (taskId, settings) => (await connected()).tasks.get(taskId, settings),
    list: async (query, settings) => (await connected()).tasks.list(query, settings),
    counts: async (settings) => (await connected()).tasks.counts(settings),
    wait: async (task, settings) => (await connected()).tasks.wait(task, settings),
    watch: async function* (taskId, settings) {
      yield* (await connected()).tasks.watch(taskId, settings);
    },
    cancel: async (taskId, settings) => (await connected()).tasks.cancel(taskId, settings),
    retry: async (taskId, settings) => (await connected()).tasks.retry(taskId, settings),
    redrive: async (selection, settings) => (await connected()).tasks.redrive(selection, settings),
  };
}

function lazyBatches(connected: Connected): ConceptClient['batches'] {
  return {
    submit: async (submission, settings) => (await connected()).batches.submit(submission, settings),
    get: async (idOrName, settings) => (await connected()).batches.get(idOrName, settings),
    wait: async (idOrName, settings) => (await connected()).batches.wait(idOrName, settings),
    watch: async function* (idOrName, settings) {
      yield* (await connected()).batches.watch(idOrName, settings);
    },
    cancel: async (idOrName, settings) => (await connected()).batches.cancel(idOrName, settings),
    retry: async (idOrName, settings) => (await connected()).batches.retry(idOrName, settings),
  };
}

function lazyConcepts(connected: Connected): ConceptClient['concepts'] {
  return {
    get: async (conceptId, settings) => (await connected()).concepts.get(conceptId, settings),
    list: async (query, settings) => (await connected()).concepts.list(query, settings),
    images: async (conceptId, settings) => (await connected()).concepts.images(conceptId, settings),
    download: async (conceptId, directory, settings) =>
      (await connected()).concepts.download(conceptId, directory, settings),
  };
}

function lazyCredits(connected: Connected): ConceptClient['credits'] {
  return {
    grant: async (request, settings) => (await connected()).credits.grant(request, settings),
    balance: async (userId, settings) => (await connected()).credits.balance(userId, settings),
  };
}

function lazyMaintenance(connected: Connected): ConceptClient['maintenance'] {
  return {
    gc: async (options, settings) => (await connected()).maintenance.gc(options, settings),
    pin: async (taskId, settings) => (await connected()).maintenance.pin(taskId, settings),
    unpin: async (taskId, settings) => (await connected()).maintenance.unpin(taskId, settings),
    diagnose: async (settings) => (await connected()).maintenance.diagnose(settings),
  };
}
