import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { build as buildCancel } from '../../src/cli/commands/cancel.ts';
import { build as buildDeadList } from '../../src/cli/commands/dead/list.ts';
import { build as buildRedrive } from '../../src/cli/commands/dead/redrive.ts';
import { build as buildDoctor } from '../../src/cli/commands/doctor.ts';
import { build as buildDownload } from '../../src/cli/commands/download.ts';
import { build as buildGc } from '../../src/cli/commands/gc.ts';
import { build as buildList } from '../../src/cli/commands/list.ts';
import { build as buildPin } from '../../src/cli/commands/pin.ts';
import { build as buildRefine } from '../../src/cli/commands/refine.ts';
import { build as buildRetry } from '../../src/cli/commands/retry.ts';
import { build as buildShow } from '../../src/cli/commands/show.ts';
import { build as buildStatus } from '../../src/cli/commands/status.ts';
import { build as buildSubmit } from '../../src/cli/commands/submit.ts';
import { build as buildUnpin } from '../../src/cli/commands/unpin.ts';
import { build as buildWait } from '../../src/cli/commands/wait.ts';
import { build as buildWatch } from '../../src/cli/commands/watch.ts';
import { build as buildWork } from '../../src/cli/commands/work.ts';
import type { CliContext } from '../../src/cli/context.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';

type Builder = (program: Command, context: CliContext, run: never) => void;

const ID = '0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111';

/** What `run` is called with for a command line, without the context; nothing is executed. */
async function parsed(build: Builder, ...args: readonly string[]): Promise<readonly unknown[]> {
  const calls: unknown[][] = [];
  const context = { finish: () => undefined } as unknown as CliContext;
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  const run = async (...given: unknown[]) => {
    calls.push(given.slice(0, -1));
    return EXIT.success;
  };
  build(program, context, run as never);
  await program.parseAsync(args, { from: 'user' });
  expect(calls).toHaveLength(1);
  return calls[0]!;
}

describe('parsing', () => {
  it.each<[string, Builder, readonly string[], readonly unknown[]]>([
    [
      'submit with everything',
      buildSubmit,
      ['submit', '--logo', 'a fox', '--theme', 'night', '--palettes', '3', '--seed', '42', '--user', 'u1']
        .concat(['--idempotency-key', 'k', '--image', 'x.png', '--type', 'generation'])
        .concat(['--wait', '--timeout', '1.5', '--out', 'dir']),
      [
        {
          logo: 'a fox',
          theme: 'night',
          palettes: 3,
          seed: 42,
          user: 'u1',
          idempotencyKey: 'k',
          image: 'x.png',
          type: 'generation',
          wait: true,
          timeout: 1.5,
          out: 'dir',
        },
      ],
    ],
    [
      'submit of a refinement',
      buildSubmit,
      ['submit', '--type', 'refinement', '--original', ID, '--prompt', 'warmer'],
      [{ type: 'refinement', original: ID, prompt: 'warmer' }],
    ],
    ['values that begin with a dash', buildSubmit, ['submit', '--logo', '-x-'], [{ logo: '-x-' }]],
    [
      'refine',
      buildRefine,
      ['refine', 'logo.png', 'warmer', '--palettes', '2', '--wait'],
      [
        { original: 'logo.png', prompt: 'warmer' },
        { palettes: 2, wait: true },
      ],
    ],
    ['wait', buildWait, ['wait', ID, '--timeout', '60', '--out', 'd'], [ID, { timeout: 60, out: 'd' }]],
    ['watch', buildWatch, ['watch', ID, '--after-seq', '0'], [ID, { afterSeq: 0 }]],
    ['wait for a batch', buildWait, ['wait', '--batch', 'spring'], [undefined, { batch: 'spring' }]],
    ['watch of a batch', buildWatch, ['watch', '--batch', 'spring'], [undefined, { batch: 'spring' }]],
    ['status of all', buildStatus, ['status'], [undefined, {}]],
    ['status of one', buildStatus, ['status', ID], [ID, {}]],
    ['status of a batch', buildStatus, ['status', '--batch', 'spring'], [undefined, { batch: 'spring' }]],
    [
      'list',
      buildList,
      ['list', '--status', 'failed', '--type', 'refinement', '--user', 'u', '--limit', '5', '--cursor', 'c'].concat([
        '--batch',
        'spring',
      ]),
      [{ status: 'failed', type: 'refinement', user: 'u', limit: 5, cursor: 'c', batch: 'spring' }],
    ],
    ['show', buildShow, ['show', ID], [ID]],
    ['download', buildDownload, ['download', ID, '--out', 'd'], [ID, { out: 'd' }]],
    ['cancel', buildCancel, ['cancel', ID], [ID, {}]],
    ['cancel of a batch', buildCancel, ['cancel', '--batch', 'spring'], [undefined, { batch: 'spring' }]],
    ['retry', buildRetry, ['retry', ID], [ID, {}]],
    ['retry of a batch', buildRetry, ['retry', '--batch', 'spring'], [undefined, { batch: 'spring' }]],
    [
      'submit of a file',
      buildSubmit,
      ['submit', '--file', 'rows.jsonl', '--batch', 'spring', '--wait', '--timeout', '9'],
      [{ file: 'rows.jsonl', batch: 'spring', wait: true, timeout: 9 }],
    ],
    ['submit from standard input', buildSubmit, ['submit', '--file', '-'], [{ file: '-' }]],
    [
      'when and how often to run',
      buildSubmit,
      ['submit', '--priority', '-5', '--run-at', '2030-01-31T09:00:00+01:00', '--max-attempts', '5'].concat([
        '--min-variations',
        '0',
      ]),
      [{ priority: -5, runAt: '2030-01-31T08:00:00.000Z', maxAttempts: 5, minVariations: 0 }],
    ],
    [
      'dead list',
      buildDeadList,
      ['list', '--type', 'generation', '--code', 'TIMEOUT', '--batch', 'b', '--user', 'u', '--limit', '5'],
      [{ type: 'generation', code: 'TIMEOUT', batch: 'b', user: 'u', limit: 5 }],
    ],
    ['dead redrive of some', buildRedrive, ['redrive', ID, 'x'], [[ID, 'x'], {}]],
    [
      'dead redrive by filter',
      buildRedrive,
      ['redrive', '--code', 'TIMEOUT', '--limit', '5', '--all', '--dry-run'],
      [[], { code: 'TIMEOUT', limit: 5, all: true, dryRun: true }],
    ],
    [
      'gc',
      buildGc,
      ['gc', '--older-than', '30d', '--keep', '100', '--max-bytes', '2GB', '--dry-run'],
      [{ olderThan: 2_592_000_000, keep: 100, maxBytes: 2_000_000_000, dryRun: true }],
    ],
    ['pin', buildPin, ['pin', ID], [ID]],
    ['unpin', buildUnpin, ['unpin', ID], [ID]],
    ['doctor', buildDoctor, ['doctor'], []],
    [
      'work',
      buildWork,
      ['work', '--drain', '--concurrency', '4', '--types', 'generation,refinement,generation'].concat([
        '--max-tasks',
        '9',
        '--lease-seconds',
        '2',
      ]),
      [{ drain: true, concurrency: 4, types: ['generation', 'refinement'], maxTasks: 9, leaseSeconds: 2 }],
    ],
  ])('reads %s', async (_title, build, args, expected) => {
    expect(await parsed(build, ...args)).toEqual(expected);
  });
});
