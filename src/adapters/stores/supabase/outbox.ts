import type { Outbox, RefusalOutcome } from '../../../ports/outbox.ts';
import type { TaskMessage } from '../../../ports/task-queue.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { Rpc } from './rpc.ts';
import { typesOfWire } from './task-json.ts';

type MessageJson = Omit<TaskMessage, 'type'> & { readonly type: string };

export function supabaseOutbox(rpc: Rpc): Outbox {
  const mark = async (taskIds: readonly string[], published: boolean, options?: CallOptions): Promise<void> => {
    if (taskIds.length > 0) await rpc.write('outbox_mark', { taskIds, published }, options);
  };
  return {
    take: async (request, options) => {
      const { messages } = await rpc.write<{ messages: readonly MessageJson[] }>('outbox_take', request, options);
      return messages.flatMap(({ type: wireName, ...message }) =>
        typesOfWire([wireName]).map((type) => ({ ...message, type })),
      );
    },
    giveBack: (taskIds, options) => mark(taskIds, false, options),
    published: (taskIds, options) => mark(taskIds, true, options),
    refuse: async (request, options) =>
      (await rpc.write<{ outcome: RefusalOutcome }>('refuse', request, options)).outcome,
  };
}
