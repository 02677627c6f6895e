import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Child, ChildProgram } from '../../adapters/stores/sqlite/child-process.ts';
import type { StormOptions } from './storm-options.ts';

/** The part of the hits that suspends instead of killing. */
const STOPPED_PART = 0.2;
/** How much longer than its lease a suspended worker sleeps. */
const PAST_LEASE_MS = 700;

/** The workers under attack. */
export interface Fleet {
  /** Kills or suspends a random worker that is up; a killed one is replaced. */
  hit(): void;
  /** Waits for the suspended to go on, asks all to end. @returns what those had to say that ended other than they should. */
  end(): Promise<readonly string[]>;
  readonly kills: number;
  readonly stops: number;
}

export interface FleetOptions extends Pick<StormOptions, 'workers' | 'leaseMs' | 'taskMs' | 'random'> {
  readonly program: ChildProgram;
  readonly file: string;
  readonly log: string;
}

export function startFleet({ program, file, log, workers, leaseMs, taskMs, random }: FleetOptions): Fleet {
  const up: Child[] = [];
  const suspended = new Set<Promise<void>>();
  const complaints: string[] = [];
  const killed = new WeakSet<Child>();
  let kills = 0;
  let stops = 0;

  const start = (): void => {
    const child = program.start('work', file, log, `${leaseMs}`, `${taskMs}`);
    up.push(child);
    void child.exited.then(({ code, stderr }) => {
      if (!killed.has(child) && code !== 0) complaints.push(`a worker ended by itself, code ${code}: ${stderr}`);
    });
  };
  const suspend = (child: Child): void => {
    stops += 1;
    child.process.kill('SIGSTOP');
    const waking = continueFromOutside(child.process.pid!, leaseMs + PAST_LEASE_MS).then(() => {
      up.push(child);
      suspended.delete(waking);
    });
    suspended.add(waking);
  };
  const kill = (child: Child): void => {
    kills += 1;
    killed.add(child);
    child.process.kill('SIGKILL');
    start();
  };

  for (let number = 0; number < workers; number++) start();
  return {
    hit: () => {
      const isStop = random() < STOPPED_PART;
      const [victim] = up.splice(Math.floor(random() * up.length), 1);
      if (victim) (isStop ? suspend : kill)(victim);
    },
    end: async () => {
      await Promise.all(suspended);
      for (const { process } of up) process.kill('SIGTERM');
      await Promise.all(up.map(({ exited }) => exited));
      return complaints;
    },
    get kills() {
      return kills;
    },
    get stops() {
      return stops;
    },
  };
}

/** A process of its own sends the signal: the suspended worker may hold the write lock that this process waits for. */
async function continueFromOutside(pid: number, afterMs: number): Promise<void> {
  const helper = spawn('/bin/sh', ['-c', `sleep ${afterMs / 1_000}; kill -CONT ${pid}`], { stdio: 'ignore' });
  await once(helper, 'close');
}
