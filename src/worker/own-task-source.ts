import type { TaskLeases } from '../ports/task-leases.ts';
import type { WorkSource } from './work-source.ts';

/** The one task that a submitter works for itself. */
export function ownTaskSource(leases: TaskLeases, taskId: string): WorkSource {
  return {
    take: async (options) => {
      const claims = await leases.claim({ ...options, taskId, limit: 1, ahead: 0 });
      return claims.map((claimed) => ({ claimed }));
    },
    leases: () => [],
    close: () => Promise.resolve(),
  };
}
