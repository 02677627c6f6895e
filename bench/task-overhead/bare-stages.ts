import { createHash, randomUUID } from 'node:crypto';
import { filesystemBlobs } from '../../src/adapters/blobs/filesystem.ts';
import { builtinImageProvider, builtinPaletteProvider } from '../../src/adapters/images/builtin/index.ts';
import { blobPathOf } from '../../src/core/blob-path.ts';
import { mapBounded } from '../../src/core/concurrently.ts';
import { inspectImage } from '../../src/imaging/inspect-image.ts';
import type { MainJob } from './main-job.ts';

/** As many as the stages have under way at the same time. */
const RENDERS_AT_ONCE = 3;
const STORES_AT_ONCE = 4;

/** The calls that the main job comes down to, in the order and with the concurrency of its stages; no store, no events, no leases. */
export function bareStages(directory: string): (job: MainJob) => Promise<void> {
  const images = builtinImageProvider();
  const palettes = builtinPaletteProvider();
  const blobs = filesystemBlobs({ root: directory });
  const { signal } = new AbortController();

  return async (job) => {
    const folder = randomUUID();
    const store = async (bytes: Uint8Array): Promise<void> => {
      const { contentType } = await inspectImage(bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await blobs.put(blobPathOf({ userId: 'bench', taskId: folder }, { sha256, contentType }), bytes);
    };
    const { bytes, scene } = await images.generate(job);
    const request = { ...job, count: job.numPalettes, avoid: [scene!.palette] };
    const [, made] = await Promise.all([store(bytes), palettes.generate(request)]);
    const variations = await mapBounded(made, RENDERS_AT_ONCE, signal, (palette) => images.render(scene!, palette));
    await mapBounded(variations, STORES_AT_ONCE, signal, store);
  };
}
