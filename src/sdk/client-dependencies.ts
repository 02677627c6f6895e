import type { TaskType } from '../core/task.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { ImageInspector } from '../ports/image-inspector.ts';
import type { Store } from '../ports/store.ts';
import type { TaskQueue } from '../ports/task-queue.ts';

/** What the client is assembled from. */
export interface ClientDependencies {
  readonly store: Store;
  readonly queue: TaskQueue;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly imageInspector: ImageInspector;
  /** Rejects with IMAGE_URL_BLOCKED what can be refused without the network. */
  readonly checkImageUrl: (url: string) => Promise<void>;
  /** Owner of submissions that name none. */
  readonly defaultUserId: string;
  /** When set, the client reads and changes this user's tasks and concepts only. */
  readonly onlyUserId?: string | undefined;
  /** Attempts of a submission that names none. */
  readonly maxAttempts: (type: TaskType) => number;
  /** Types that the workers of this deployment can process; others are refused at submit. */
  readonly supportedTypes: readonly TaskType[];
}
