import type { HeartbeatReply, LiveWorker, WorkerRegistry } from '../../../ports/worker-registry.ts';
import type { CallOrder } from './call-order.ts';
import type { Rpc } from './rpc.ts';
import { typesOfWire, wireTypes } from './task-json.ts';

type LiveWorkerJson = Omit<LiveWorker, 'types'> & { readonly types: readonly string[] | null };

export function supabaseWorkers(rpc: Rpc, order: CallOrder): WorkerRegistry {
  return {
    register: async ({ types, ...worker }, leaseMs, options) => {
      await rpc.write('register_worker', { ...worker, types: types && wireTypes(types), leaseMs }, options);
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
