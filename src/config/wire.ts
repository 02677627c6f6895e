import { systemClock } from '../adapters/system-clock.ts';
import type { ClaimLimits } from '../core/claim-limits.ts';
import { DEFAULT_IMAGE_LIMITS, type ImageLimits } from '../core/image-limits.ts';
import { SUPPORTED_TYPES } from '../core/supported-types.ts';
import type { TaskType } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { ImageFetcher } from '../ports/image-fetcher.ts';
import type { Logger } from '../ports/logger.ts';
import type { CreditCosts } from '../ports/store.ts';
import { assertBackends, assertServiceRole } from './check-backends.ts';
import { type Examination, examine } from './examine.ts';
import { type Backends, backendOpeners, once, openBackends } from './open-backends.ts';
import { createClient } from '../sdk/client.ts';
import type { SweepOutcome } from '../worker/sweep-once.ts';
import type { Worker } from '../worker/worker-types.ts';
import type { Runtime } from './runtime.ts';
import type { Config } from './settings.ts';

export interface WireOptions {
  /** Default: nothing is logged. */
  readonly logger?: Logger | undefined;
  readonly clock?: Clock | undefined;
  /** Read and change this user's tasks and concepts only. */
  readonly onlyUserId?: string | undefined;
}

const silentLogger: Logger = { log: () => undefined };

/**
 * Assembles the runtime over the configured backends; with no configuration a SQLite file and a directory of images under the data
 * directory, and the built-in provider. Image code is loaded by the first call that needs it.
 * @throws ConceptError INVALID_CONFIG; STORE_* and STORAGE_* when the data directory cannot be used.
 */
export async function openRuntime(config: Config, options: WireOptions = {}): Promise<Runtime> {
  const { logger = silentLogger, clock = systemClock } = options;
  const { onlyUserId } = options;
  const { store, queue, blobs } = await openBackends(config, { clock, credits: creditCosts(config), onlyUserId });
  const imageFetcher = lazyFetcher(config);

  const client = createClient({
    store,
    queue,
    blobs,
    clock,
    imageInspector: {
      inspect: async (bytes) => {
        const { decodeImage } = await import('../imaging/decode-image.ts');
        // Decoded once at the door: a damaged or empty picture is bad input, not a task that fails later.
        return decodeImage(bytes, { limits: imageLimits(config) });
      },
    },
    checkImageUrl: async (url) => (await imageFetcher()).check(url),
    defaultUserId: config.user,
    onlyUserId,
    maxAttempts: (type) => maxAttempts(config, type),
    supportedTypes: SUPPORTED_TYPES,
  });

  const sweep = async (): Promise<SweepOutcome> => {
    const { sweepOnce } = await import('../worker/sweep-once.ts');
    return sweepOnce({ store, queue, logger, republishAfterMs: config.republishSeconds * 1_000 });
  };

  return {
    config,
    client,
    workers: store.workers,
    isEmbedded: config.store === 'sqlite' && !queue.flags.relayed,
    isRelayed: queue.flags.relayed,
    sweep,
    createWorker: () => createOwnWorker(config, { store, queue, blobs, logger, clock, imageFetcher }),
    close: () => client.close(),
  };
}

/** What is to be said of a deployment, whatever state it is in. @throws ConceptError ABORTED */
export async function examineDeployment(config: Config, signal: AbortSignal): Promise<Examination> {
  const openers = backendOpeners(config, { clock: systemClock, credits: creditCosts(config) });
  try {
    return await examine(config, openers, signal);
  } finally {
    for (const open of [openers.queue, openers.store])
      await open().then(
        (part) => part.close(),
        () => undefined,
      );
  }
}

interface WorkerParts extends Backends {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly imageFetcher: () => Promise<ImageFetcher>;
}

async function createOwnWorker(
  config: Config,
  { store, queue, blobs, logger, clock, imageFetcher }: WorkerParts,
): Promise<Worker> {
  assertServiceRole(config);
  assertBackends(config, { needsSubscription: true });
  const { createWorker } = await import('../worker/create-worker.ts');
  const { builtinImageProvider, builtinPaletteProvider } = await import('../adapters/images/builtin/index.ts');
  return createWorker({
    store,
    queue,
    logger,
    processing: {
      images: builtinImageProvider(),
      palettes: builtinPaletteProvider(),
      blobs,
      imageFetcher: await imageFetcher(),
      imageLimits: imageLimits(config),
      minVariations: config.minVariations,
      clock,
    },
    concurrency: config.concurrency,
    leaseMs: config.leaseSeconds * 1_000,
    graceMs: config.graceSeconds * 1_000,
    taskTimeoutMs: config.taskTimeoutSeconds * 1_000,
    limits: claimLimits(config),
    prefetch: config.prefetch,
    republishAfterMs: config.republishSeconds * 1_000,
  });
}

function lazyFetcher(config: Config): () => Promise<ImageFetcher> {
  return once(async () => {
    const { httpImageFetcher } = await import('../adapters/fetchers/http.ts');
    return httpImageFetcher({ allowHttpLoopback: config.allowHttpLoopback, maxBytes: config.maxImageBytes });
  });
}

function imageLimits({ maxImageBytes: maxBytes, maxImagePixels: maxPixels }: Config): ImageLimits {
  return { ...DEFAULT_IMAGE_LIMITS, maxBytes, maxPixels };
}

function maxAttempts(config: Config, type: TaskType): number {
  const own: Readonly<Record<TaskType, number | undefined>> = {
    generation: config.maxAttemptsGeneration,
    refinement: config.maxAttemptsRefinement,
    coloring: config.maxAttemptsColoring,
    rendition: config.maxAttemptsRendition,
  };
  return own[type] ?? config.maxAttempts;
}

function claimLimits(config: Config): ClaimLimits {
  return {
    total: config.maxRunning,
    perUser: config.maxRunningPerUser,
    perProvider: config.maxRunningPerProvider,
    perType: {
      generation: config.maxRunningGeneration,
      refinement: config.maxRunningRefinement,
      coloring: config.maxRunningColoring,
      rendition: config.maxRunningRendition,
    },
  };
}

function creditCosts(config: Config): CreditCosts | undefined {
  if (!config.credits) return undefined;
  return {
    generation: config.creditCostGeneration,
    refinement: config.creditCostRefinement,
    coloring: config.creditCostColoring,
    rendition: config.creditCostRendition,
  };
}
