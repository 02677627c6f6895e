import type { Command } from 'commander';
import { ERROR_CODES, type ErrorCode } from '../../core/errors.ts';
import { TASK_TYPES, type TaskType } from '../../core/task.ts';
import { once, oneOf, text, whole } from './option-values.ts';

/** Which failed tasks. */
export interface DeadFilters {
  readonly type?: TaskType;
  readonly code?: ErrorCode;
  readonly batch?: string;
  readonly user?: string;
  readonly limit?: number;
}

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];

/** Adds what the commands about failed tasks have in common. */
export function addDeadFilters(command: Command, limit: { readonly help: string; readonly most: number }): Command {
  return command
    .option('--type <type>', TASK_TYPES.join(', '), once('--type', oneOf(TASK_TYPES)))
    .option('--code <code>', 'only those with this error code', once('--code', oneOf(CODES)))
    .option('--batch <name>', 'only those of this batch, by its name or id', once('--batch', text))
    .option('--user <id>', "only this user's tasks", once('--user', text))
    .option('--limit <n>', limit.help, once('--limit', whole(1, limit.most)));
}
