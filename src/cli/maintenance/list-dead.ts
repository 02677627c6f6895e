import type { DeadListOptions } from '../commands/dead/list.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { commandLine } from '../options/command-line.ts';
import { deadRows } from '../render/dead-rows.ts';
import { taskJson } from '../task-json.ts';
import { deadQuery } from './dead-query.ts';

const DEFAULT_LIMIT = 20;

/** `concept dead list`. */
export async function listDead(options: DeadListOptions, context: CliContext): Promise<ExitCode> {
  const { io } = context;
  const { limit = DEFAULT_LIMIT, cursor } = options;
  await context.withRuntime(await context.loadConfig(), async (runtime) => {
    const query = await deadQuery(options, runtime);
    const { tasks, nextCursor } = await runtime.client.tasks.list({ ...query, status: 'failed', limit, cursor });
    if (io.mode.json) {
      io.json({ tasks: tasks.map(taskJson), nextCursor });
      return;
    }
    for (const line of await deadRows(tasks, io.stdout, Date.now())) io.data(line);
    if (tasks.length === 0) io.talk('no failed tasks');
    else io.talk('start them again with: concept dead redrive ID');
    if (nextCursor !== null) {
      const { type, code, batch, user, limit: given } = options;
      const flags = { type, code, batch, user, limit: given, cursor: nextCursor };
      io.talk(`more with: ${commandLine('concept dead list', flags)}`);
    }
  });
  return EXIT.success;
}
