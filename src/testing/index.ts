export { memoryBlobs, type MemoryBlobsOptions } from '../adapters/blobs/memory.ts';
export { memoryQueue, type MemoryQueueOptions } from '../adapters/queues/memory.ts';
export { memoryStore, type MemoryStoreOptions } from '../adapters/stores/memory.ts';
export { fakeClock, type FakeClock, type FakeClockOptions } from './fake-clock.ts';
export type { ScriptedFailure, ScriptedTiming } from './script.ts';
export {
  type ImageCall,
  type ScriptedImage,
  scriptedImageProvider,
  type ScriptedImageProvider,
} from './scripted-image-provider.ts';
export {
  scriptedPaletteProvider,
  type ScriptedPaletteProvider,
  type ScriptedPalettes,
} from './scripted-palette-provider.ts';
