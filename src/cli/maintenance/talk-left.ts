import type { Io } from '../io.ts';
import { commandLine } from '../options/command-line.ts';
import type { DeadFilters } from '../options/dead-filters.ts';

/** Tells of tasks that may have been paid for already, and how to start them all the same. */
export function talkLeft(left: number, { type, batch, user }: DeadFilters, io: Io): void {
  if (left === 0) return;
  const again = commandLine('concept dead redrive', { code: 'PROVIDER_OUTCOME_UNKNOWN', type, batch, user });
  const why = 'whether the provider was paid for the last attempt is unknown';
  io.talk(`${left} left alone: ${why}; start them too with: ${again}`);
}
