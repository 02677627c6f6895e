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
  readonly servers: OwnServers;
}

/** Loopback ports of servers that were started by hand; null for those that the benchmark starts itself. */
export interface OwnServers {
  readonly redisEverysecPort: number | null;
  readonly redisAlwaysPort: number | null;
  readonly postgresPort: number | null;
}

export const USAGE = `npm run bench:queue -- [options]

  --repetitions N   default 5; every system is measured once in each, in turn
  --only TEXT[,…]   only measurements whose "measurement system" contains the text, such as "drain", "pg-boss", "latency concept"
  --quick           small amounts: shows that everything works, the figures are rough
  --json FILE       writes every figure of every repetition
  --directory DIR   where all databases are put, default the system's temporary directory; a file system on a disk
  --redis-everysec PORT, --redis-always PORT, --postgres PORT
                    servers on 127.0.0.1 that you started yourself (see the README); they are emptied
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
      'redis-everysec': { type: 'string' },
      'redis-always': { type: 'string' },
      postgres: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const portOf = (name: 'redis-everysec' | 'redis-always' | 'postgres'): number | null => {
    const value = values[name];
    return value === undefined ? null : wholeNumber(name, value);
  };
  return {
    repetitions: wholeNumber('repetitions', values.repetitions),
    only: values.only.split(',').filter((part) => part !== ''),
    amounts: values.quick ? QUICK_AMOUNTS : FULL_AMOUNTS,
    quick: values.quick,
    jsonFile: values.json ?? null,
    directory: values.directory ?? null,
    servers: {
      redisEverysecPort: portOf('redis-everysec'),
      redisAlwaysPort: portOf('redis-always'),
      postgresPort: portOf('postgres'),
    },
  };
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(`--${option}: expected a whole number from 1, not ${JSON.stringify(text)}`);
}
