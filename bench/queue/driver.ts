/** What every queue is given to do: about 110 bytes of JSON, an input that our own task type accepts as it is. */
export interface Payload {
  readonly logoDescription: string;
  readonly themeDescription: string;
  readonly numPalettes: number;
  /** Tells the tasks of one measurement apart. */
  readonly seed: number;
}

/** A queue as its submitter sees it. */
export interface OpenQueue {
  /** Resolves as soon as the queue has acknowledged the task, with whatever names it for {@link createWaiter}. */
  addOne(payload: Payload): Promise<unknown>;
  /** One call of the queue's own bulk interface. */
  addMany(payloads: readonly Payload[]): Promise<void>;
  /** Tasks that are not recorded as completed yet. */
  unfinished(): Promise<number>;
  /** Where the queue can tell its submitter that a task is done; a function that resolves when this task is. */
  createWaiter?(): Promise<(task: unknown) => Promise<void>>;
  close(): Promise<void>;
}

export interface WorkOptions {
  /** Handlers at the same time. */
  readonly concurrency: number;
  readonly handler: (payload: Payload) => Promise<void>;
}

/** One system under measurement, with its settings chosen. */
export interface Driver {
  /** Empties the queue and opens it for submitting. */
  open(): Promise<OpenQueue>;
  /** Starts a worker in this process. It runs until the process ends. */
  work(options: WorkOptions): Promise<void>;
}

/** Where the servers and files of this run are; the port of a server that is not there is null. */
export interface Place {
  /** Our own database files lie here, and the data of the servers that the run has started. */
  readonly directory: string;
  readonly redisEverysecPort: number | null;
  readonly redisAlwaysPort: number | null;
  readonly postgresPort: number | null;
}

/** A driver by name, with its settings: plain data, since it crosses process boundaries. */
export type DriverChoice =
  | {
      readonly name: 'concept';
      readonly durability: 'full' | 'normal';
      /** Tasks that a worker takes beyond its free slots; `auto` lets it choose by measuring. */
      readonly prefetch: number | 'auto';
      /** `client` submits through the SDK: validated and hashed. */
      readonly entrance: 'store' | 'client';
      /** Owners of the tasks, in turn. */
      readonly users: number;
      /** With limits on what runs at once, of every kind, that are never reached: what it costs to watch them. */
      readonly limits: boolean;
    }
  | { readonly name: 'bullmq'; readonly appendfsync: 'everysec' | 'always' }
  | { readonly name: 'graphile-worker'; /** Null: no local queue. */ readonly localQueueSize: number | null }
  | { readonly name: 'pg-boss'; /** Null: as many as handlers at the same time. */ readonly batchSize: number | null };

export function payloadOf(seed: number): Payload {
  return {
    logoDescription: 'a cat on a stack of books',
    themeDescription: 'night blues, warm light',
    numPalettes: 7,
    seed,
  };
}

export function payloads(count: number, firstSeed = 0): readonly Payload[] {
  return Array.from({ length: count }, (_, index) => payloadOf(firstSeed + index));
}
