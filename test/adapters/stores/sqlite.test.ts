import { openSqliteStore } from '../../../src/adapters/stores/sqlite.ts';
import { testStore } from '../../contracts/store.ts';
import { temporaryDirectory } from './sqlite/temporary-directory.ts';

testStore('sqlite store', async (options) => {
  const directory = temporaryDirectory();
  const open = () => openSqliteStore({ ...options, file: directory.file('concept.db') });
  const store = await open();
  return {
    store,
    reopen: open,
    cleanup: async () => {
      await store.close();
      directory.remove();
    },
  };
});
