import { parseArgs } from 'node:util';
import { FULL_AMOUNTS, QUICK_AMOUNTS, type Amounts } from './measures/order.ts';

export interface Options {
  readonly repetitions: number;
  /** Parts of `measurement system-id`; everything when empty. */
  readonly only: readonly string[];
  readonly amounts: Amounts;
  readonly quick: boolean;
  readonly jsonFile: string | null;
  /** Where databases of all systems are put; null for the system's temporary directory. */
  readonly directory: string | null;
}

export const USAGE = `npm run bench:queue -- [options]

  --repetitions N   default 5; every system is measured once in each, in turn
  --only TEXT[,…]   only measurements whose "measurement system" contains the text, such as "drain", "pg-boss", "latency concept"
  --quick           small amounts: shows that everything works, the figures are rough
  --json FILE       writes every figure of every repetition
  --directory DIR   where all databases are put, default the system's temporary directory; a file system on a disk
  --help`;

/** Null when help was asked for. @throws Error for an unknown option or a bad value. */
export function readOptions(words: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...words],
    options: {
      repetitions: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      directory: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const repetitions = Number(values.repetitions);
  if (!Number.isInteger(repetitions) || repetitions < 1)
    throw new Error('--repetitions: expected a whole number from 1');
  return {
    repetitions,
    only: values.only.split(',').filter((part) => part !== ''),
    amounts: values.quick ? QUICK_AMOUNTS : FULL_AMOUNTS,
    quick: values.quick,
    jsonFile: values.json ?? null,
    directory: values.directory ?? null,
  };
}
