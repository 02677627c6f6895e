import type { MeasureName } from '../measures/order.ts';

/** One table of the report: the same figure of every system. */
export interface Row {
  readonly measure: MeasureName;
  /** Name among the measurement's figures. */
  readonly figure: string;
  readonly title: string;
  readonly unit: '/s' | 'ms' | '%';
  readonly better: 'more' | 'less';
}

const rate = { unit: '/s', better: 'more' } as const;
const time = { unit: 'ms', better: 'less' } as const;

export const ROWS: readonly Row[] = [
  { measure: 'enqueue', figure: 'single', title: 'Enqueue one by one', ...rate },
  { measure: 'enqueue', figure: 'hundreds', title: 'Enqueue in batches of 100', ...rate },
  { measure: 'enqueue', figure: 'bulk', title: 'Enqueue 10,000 in one call', ...rate },
  { measure: 'drain', figure: 'c1', title: 'Drain, 1 process, 1 handler', ...rate },
  { measure: 'drain', figure: 'c10', title: 'Drain, 1 process, 10 handlers', ...rate },
  { measure: 'drain', figure: 'c50', title: 'Drain, 1 process, 50 handlers', ...rate },
  { measure: 'drain', figure: '2xc10', title: 'Drain, 2 processes, 10 handlers each', ...rate },
  { measure: 'latency', figure: 'start-p50', title: 'Submit to start in another process, p50', ...time },
  { measure: 'latency', figure: 'start-p99', title: 'Submit to start in another process, p99', ...time },
  { measure: 'latency', figure: 'submit-p50', title: 'Submit call, p50', ...time },
  { measure: 'latency', figure: 'wait-p50', title: 'Submit until the submitter learns of the end, p50', ...time },
  { measure: 'latency', figure: 'wait-p99', title: 'Submit until the submitter learns of the end, p99', ...time },
  {
    measure: 'latency',
    figure: 'idle-cpu',
    title: 'CPU of an idle worker (without its server)',
    unit: '%',
    better: 'less',
  },
];
