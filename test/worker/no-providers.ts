import { memoryBlobs } from '../../src/adapters/blobs/memory.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { ConceptError } from '../../src/core/errors.ts';
import { DEFAULT_IMAGE_LIMITS } from '../../src/core/image-limits.ts';
import type { CreateWorkerOptions } from '../../src/worker/worker-run.ts';

const unused = (): never => {
  throw new ConceptError('INTERNAL', 'no provider is there to be asked');
};

/** What a worker of injected processors needs to be given, and never uses. */
export const NO_PROVIDERS: CreateWorkerOptions['processing'] = {
  images: { name: 'none', flags: { scenes: false, paid: false }, generate: unused, edit: unused, render: unused },
  palettes: { name: 'none', flags: { paid: false }, generate: unused },
  blobs: memoryBlobs(),
  imageFetcher: { check: unused, fetch: unused },
  imageLimits: DEFAULT_IMAGE_LIMITS,
  clock: systemClock,
};
