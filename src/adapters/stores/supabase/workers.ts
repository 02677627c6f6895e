import type { HeartbeatReply, LiveWorker, WorkerRegistry } from '../../../ports/worker-registry.ts';
import type { CreditCosts } from '../../../ports/store.ts';
import type { CallOrder } from './call-order.ts';
import type { Rpc } from './rpc.ts';
import { typesOfWire, wireCosts, wireTypes } from './task-json.ts';

type LiveWorkerJson = Omit<LiveWorker, 'types'> & { readonly types: readonly string[] | null };

/** A registration also tells the database what tasks cost, as a grant does. */
export function supabaseWorkers(rpc: Rpc, order: CallOrder, creditCosts: CreditCosts | undefined): WorkerRegistry {
  const costs = wireCosts(creditCosts);
  return {
    register: async ({ types, ...worker }, leaseMs, options) => {
      await rpc.write('register_worker', { ...worker, types: types && wireTypes(types), leaseMs, costs }, options);
    },
    heartbeat: (request, options) => rpc.write<HeartbeatReply>('heartbeat', request, options),
    retire: async (workerId, options) => {
      await order.last(workerId, () => rpc.write('retire_worker', { workerId }, options));
    },
    live: async (options) => {
      const { workers } = await rpc.read<{ workers: readonly LiveWorkerJson[] }>('live_workers', {}, options);
      return workers.map(({ types, ...worker }) => ({ ...worker, types: types && typesOfWire(types) }));
    },
  };
}
