// One measurement of one system, in a process of its own: see run-order.ts.
import { measureBusy } from './measures/busy.ts';
import { measureDrain } from './measures/drain.ts';
import { measureEnqueue } from './measures/enqueue.ts';
import { measureGrowth } from './measures/growth.ts';
import { measureLatency } from './measures/latency.ts';
import type { Figures, MeasureName, Order } from './measures/order.ts';

const measures: Readonly<Record<MeasureName, (order: Order) => Promise<Figures>>> = {
  enqueue: measureEnqueue,
  drain: measureDrain,
  latency: measureLatency,
  growth: measureGrowth,
  busy: measureBusy,
};

process.on('disconnect', () => process.exit(1));
process.once('message', async (order: Order) => {
  const figures = await measures[order.measure](order);
  process.send!(figures, () => process.exit(0));
});
