import { chooseDriver } from '../../../../src/adapters/stores/sqlite/driver.ts';

// Runs in a process of its own, bundled: see child-process.ts. Prints one JSON document a line.
const [role, file, holdMs = '0'] = process.argv.slice(2) as [string, string, string?];

const roles: Readonly<Record<string, () => Promise<void>>> = {
  /** Takes the write lock of the database and keeps it. */
  lock: async () => {
    const database = (await chooseDriver()).open(file);
    database.exec('BEGIN IMMEDIATE');
    process.stdout.write('"locked"\n');
    await new Promise((resolve) => setTimeout(resolve, Number(holdMs)));
    database.exec('ROLLBACK');
    database.close();
  },
};

await roles[role]!();
