/** As much of the peers' interfaces as is used here: the packages themselves are installed on demand, outside this project. */

declare module 'bullmq' {
  interface Connection {
    readonly host: string;
    readonly port: number;
    readonly maxRetriesPerRequest: null;
  }
  export interface Job<Data> {
    readonly data: Data;
    waitUntilFinished(events: QueueEvents): Promise<unknown>;
  }
  export class Queue<Data> {
    constructor(name: string, options: { readonly connection: Connection });
    waitUntilReady(): Promise<unknown>;
    obliterate(options: { readonly force: boolean }): Promise<void>;
    add(name: string, data: Data): Promise<Job<Data>>;
    addBulk(jobs: readonly { readonly name: string; readonly data: Data }[]): Promise<readonly Job<Data>[]>;
    getJobCountByTypes(...types: readonly string[]): Promise<number>;
    close(): Promise<void>;
  }
  export class QueueEvents {
    constructor(name: string, options: { readonly connection: Connection });
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
  }
  export class Worker<Data> {
    constructor(
      name: string,
      processor: (job: Job<Data>) => Promise<unknown>,
      options: { readonly connection: Connection; readonly concurrency: number },
    );
    waitUntilReady(): Promise<unknown>;
  }
}

declare module 'graphile-worker' {
  interface WorkerSettings {
    readonly concurrentJobs: number;
    readonly maxPoolSize: number;
    readonly localQueue?: { readonly size: number };
    readonly completeJobBatchDelay?: number;
    readonly failJobBatchDelay?: number;
  }
  interface PgClient {
    query(sql: string): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
  }
  export class Logger {
    constructor(factory: () => () => void);
  }
  interface Shared {
    readonly connectionString: string;
    readonly logger: Logger;
  }
  export function makeWorkerUtils(options: Shared): Promise<{
    migrate(): Promise<void>;
    withPgClient<T>(work: (client: PgClient) => Promise<T>): Promise<T>;
    addJob(identifier: string, payload: unknown): Promise<unknown>;
    addJobs(jobs: readonly { readonly identifier: string; readonly payload: unknown }[]): Promise<unknown>;
    release(): Promise<void>;
  }>;
  export function run(options: {
    readonly taskList: Readonly<Record<string, (payload: unknown) => Promise<void>>>;
    readonly noHandleSignals: boolean;
    readonly logger: Logger;
    readonly connectionString: string;
    readonly preset: { readonly worker: WorkerSettings & Shared };
  }): Promise<unknown>;
}

declare module 'pg-boss' {
  interface PollingOptions {
    readonly batchSize: number;
    readonly localConcurrency?: number;
    readonly pollingIntervalSeconds: number;
    readonly notifyPollingIntervalSeconds: number;
    readonly burstWhenBatchFull: boolean;
  }
  export class PgBoss {
    constructor(options: { readonly connectionString: string; readonly useListenNotify: boolean });
    on(event: 'error' | 'warning', listener: (problem: unknown) => void): this;
    start(): Promise<unknown>;
    stop(options: { readonly graceful: boolean }): Promise<void>;
    createQueue(name: string, options: { readonly notify: boolean }): Promise<void>;
    deleteQueue(name: string): Promise<void>;
    send(name: string, data: object): Promise<string | null>;
    insert(name: string, jobs: readonly { readonly data: object }[]): Promise<unknown>;
    work<Data>(
      name: string,
      options: PollingOptions,
      handler: (jobs: readonly { readonly data: Data }[]) => Promise<void>,
    ): Promise<string>;
    getDb(): { executeSql(sql: string): Promise<{ readonly rows: readonly Record<string, unknown>[] }> };
  }
}
