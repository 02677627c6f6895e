import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { build as buildList } from './dead/list.ts';
import { build as buildRedrive } from './dead/redrive.ts';

export function build(program: Command, context: CliContext): void {
  const dead = program
    .command('dead')
    .helpGroup('Maintenance:')
    .summary('failed tasks: list them, start them again')
    .description('Tasks that have failed for good: see why, and start them again once the reason is gone.');
  buildList(dead, context);
  buildRedrive(dead, context);
}
