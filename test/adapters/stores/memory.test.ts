import { memoryStore } from '../../../src/adapters/stores/memory.ts';
import { testStore } from '../../contracts/store.ts';

testStore('memoryStore', async (options) => {
  const store = memoryStore(options);
  return { store, cleanup: () => store.close() };
});
