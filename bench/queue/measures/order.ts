import type { DriverChoice, Place } from '../driver.ts';

/** How much of each measurement is done. */
export interface Amounts {
  readonly singles: number;
  readonly hundreds: number;
  readonly bulk: number;
  /** Tasks to drain per handler count: a single handler is slow, and many processes are fast. */
  readonly drain: { readonly oneHandler: number; readonly manyHandlers: number; readonly twoProcesses: number };
  readonly latencySamples: number;
  readonly idleSeconds: number;
  readonly growthSizes: readonly number[];
  readonly growthSamples: number;
  readonly busyBacklog: number;
  readonly busySamples: number;
}

export const FULL_AMOUNTS: Amounts = {
  singles: 2_000,
  hundreds: 100,
  bulk: 10_000,
  drain: { oneHandler: 20_000, manyHandlers: 60_000, twoProcesses: 60_000 },
  latencySamples: 150,
  idleSeconds: 5,
  growthSizes: [1_000, 10_000, 100_000, 1_000_000],
  growthSamples: 150,
  busyBacklog: 300_000,
  busySamples: 600,
};

/** To see that everything works; the figures are rough. */
export const QUICK_AMOUNTS: Amounts = {
  singles: 200,
  hundreds: 10,
  bulk: 10_000,
  drain: { oneHandler: 500, manyHandlers: 2_000, twoProcesses: 2_000 },
  latencySamples: 20,
  idleSeconds: 1,
  growthSizes: [1_000, 10_000, 100_000],
  growthSamples: 30,
  busyBacklog: 20_000,
  busySamples: 100,
};

/** One measurement of one system, done by a process of its own. */
export interface Order {
  readonly measure: MeasureName;
  readonly driver: DriverChoice;
  readonly place: Place;
  readonly amounts: Amounts;
}

export const MEASURES = ['enqueue', 'drain', 'latency', 'growth', 'busy'] as const;
export type MeasureName = (typeof MEASURES)[number];

/** Figures by name; rows of the report pick theirs. */
export type Figures = Readonly<Record<string, number>>;
