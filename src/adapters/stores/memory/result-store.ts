import type { ResultStore } from '../../../ports/result-store.ts';
import { jsonCopy, type MemoryState, transact } from './state.ts';

export function memoryResultStore(state: MemoryState): ResultStore {
  return {
    get: (taskId, options) =>
      transact(state, options, () => {
        const result = state.results.get(taskId);
        return result && jsonCopy(result);
      }),
  };
}
