import { Readable } from 'node:stream';
import { memoryBlobs } from '../../src/adapters/blobs/memory.ts';
import { memoryQueue } from '../../src/adapters/queues/memory.ts';
import { memoryStore } from '../../src/adapters/stores/memory.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { CliContext } from '../../src/cli/context.ts';
import type { ExitCode } from '../../src/cli/exit-codes.ts';
import { type ColourLevel, createIo, modeOf, type OutputStream } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { examine } from '../../src/config/examine.ts';
import { findSettings, loadConfig } from '../../src/config/load-config.ts';
import type { Backends } from '../../src/config/open-backends.ts';
import type { Runtime } from '../../src/config/runtime.ts';
import { shownSettings } from '../../src/config/shown-settings.ts';
import { ConceptError } from '../../src/core/errors.ts';
import type { ImageProvider } from '../../src/ports/image-provider.ts';
import type { Store } from '../../src/ports/store.ts';
import { DEFAULT_IMAGE_LIMITS } from '../../src/core/image-limits.ts';
import { createClient } from '../../src/sdk/client.ts';
import { scriptedImageProvider } from '../../src/testing/scripted-image-provider.ts';
import { scriptedPaletteProvider } from '../../src/testing/scripted-palette-provider.ts';
import { createWorker } from '../../src/worker/create-worker.ts';
import { sweepOnce } from '../../src/worker/sweep-once.ts';

export interface Terminal {
  readonly isTTY?: boolean;
  readonly colourLevel?: ColourLevel;
  readonly columns?: number;
}

export interface Ran {
  readonly code: ExitCode | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestCli {
  run(...args: readonly string[]): Promise<Ran>;
  /** What SIGINT does to the command that runs. */
  interrupt(): void;
  readonly runtime: Runtime;
  readonly store: Store;
}

/** The command line over memory adapters and scripted providers; every run shares one store. */
export function testCli(
  options: {
    readonly terminal?: Terminal;
    readonly images?: ImageProvider;
    readonly stdin?: string;
    readonly environment?: Record<string, string>;
  } = {},
): TestCli {
  const store = memoryStore();
  const [queue, blobs] = [memoryQueue(), memoryBlobs()];
  const runtime = memoryRuntime({ store, queue, blobs }, options.images ?? scriptedImageProvider());
  const openers = { store: async () => store, queue: async () => queue, blobs: async () => blobs };
  let interruption = new AbortController();
  return {
    runtime,
    store,
    interrupt: () => interruption.abort(new ConceptError('ABORTED', 'interrupted')),
    run: async (...args) => {
      interruption = new AbortController();
      const stdout = bufferStream(options.terminal);
      const stderr = bufferStream({});
      let code: ExitCode | undefined;
      const io = createIo({ stdout, stderr, mode: modeOf(args), stdoutClosed: new AbortController().signal });
      const context: CliContext = {
        io,
        finish: (next) => (code = next),
        loadConfig: async (overrides = {}) =>
          loadConfig({ overrides, environment: options.environment ?? {}, directory: '/nonexistent' }),
        findSettings: async () =>
          shownSettings(findSettings({ environment: options.environment ?? {}, directory: '/nonexistent' })),
        withRuntime: (_config, use) => use(runtime),
        examine: (config, signal) => examine(config, openers, signal),
        stdin: () => Readable.from([Buffer.from(options.stdin ?? '')]),
        interruption: () => ({ signal: interruption.signal, dispose: () => undefined }),
      };
      await runCli(args, context);
      return { code, stdout: stdout.text(), stderr: stderr.text() };
    },
  };
}

function memoryRuntime({ store, queue, blobs }: Backends, images: ImageProvider): Runtime {
  const clock = systemClock;
  const imageFetcher = {
    check: () => undefined,
    fetch: () => Promise.reject(new ConceptError('IMAGE_FETCH_FAILED', 'no network here')),
  };
  const client = createClient({
    store,
    queue,
    blobs,
    clock,
    imageInspector: { inspect: async () => ({ contentType: 'image/png', width: 8, height: 8 }) },
    checkImageUrl: async () => undefined,
    defaultUserId: 'local',
    maxAttempts: () => 1,
    supportedTypes: ['generation', 'refinement'],
  });
  return {
    config: loadConfig({ environment: {}, directory: '/nonexistent' }),
    client,
    workers: store.workers,
    isEmbedded: true,
    isRelayed: queue.flags.relayed,
    sweep: () => sweepOnce({ store, queue, logger: { log: () => undefined } }),
    createWorker: async () =>
      createWorker({
        store,
        queue,
        logger: { log: () => undefined },
        processing: {
          images,
          palettes: scriptedPaletteProvider(),
          blobs,
          imageFetcher,
          imageLimits: DEFAULT_IMAGE_LIMITS,
          clock,
        },
        concurrency: 1,
        leaseMs: 5_000,
        graceMs: 0,
      }),
    close: async () => undefined,
  };
}

function bufferStream({ isTTY = false, colourLevel = 0, columns = 100 }: Terminal = {}): OutputStream & {
  text(): string;
} {
  const chunks: string[] = [];
  return { isTTY, colourLevel, columns, write: (text) => void chunks.push(text), text: () => chunks.join('') };
}
