import type { Diagnosis } from '../../../ports/diagnosis.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import { fileSystemName } from './file-system.ts';
import type { Session } from './session.ts';

/** More lines of a broken database tell nothing new. */
const MAX_PROBLEMS = 5;

/** The facts and faults of an open database. Reads all of it; the event loop waits meanwhile. */
export async function diagnose(session: Session, driver: string, options?: CallOptions): Promise<Diagnosis> {
  const wakeUp = await session.bells.work.prove();
  return session.read(options, () => {
    const pages = session.one<{ bytes: number }>(
      'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
    )!;
    const facts = {
      store: 'sqlite',
      file: session.file,
      fileSystem: fileSystemName(session.file) ?? 'unknown',
      driver,
      sqlite: session.one<{ version: string }>('SELECT sqlite_version() AS version')!.version,
      durability: session.durability,
      wakeUp,
      bytes: pages.bytes,
    };
    return { facts, problems: damages(session) };
  });
}

function damages(session: Session): Diagnosis['problems'] {
  const lines = session.all<{ quick_check: string }>(`PRAGMA quick_check(${MAX_PROBLEMS})`);
  return lines
    .filter(({ quick_check: line }) => line !== 'ok')
    .map(({ quick_check: line }) => ({
      code: 'STORE_CORRUPT',
      message: `the database is damaged: ${line.replace(/\s+/g, ' ')}`,
      hint: 'restore it from a backup, or move it away to start with an empty one',
    }));
}
