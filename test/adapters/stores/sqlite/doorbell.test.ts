import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createDoorbell,
  type Doorbell,
  type DoorbellOptions,
} from '../../../../src/adapters/stores/sqlite/doorbell.ts';
import type { WatchFile } from '../../../../src/adapters/stores/sqlite/watch-bell.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

/** Far beyond what any of this takes: a wait that lasts so long has missed its bell. */
const LONG_MS = 20_000;
const QUIET_MS = 100;
const RING_GAP_MS = 1;

let directory: TemporaryDirectory;
let file: string;
const opened: Doorbell[] = [];

beforeEach(() => {
  directory = temporaryDirectory();
  file = directory.file('bell');
});
afterEach(() => {
  vi.useRealTimers();
  for (const bell of opened.splice(0)) bell.close();
  directory.remove();
});

/** The database never tells of a change: what wakes came through the file. */
function doorbell(options: Partial<DoorbellOptions> = {}): Doorbell {
  const bell = createDoorbell({ file, dataVersion: () => 1, ...options });
  opened.push(bell);
  return bell;
}

/** Waits until the bell is on and rings no more. @returns the version then. */
async function quiet(bell: Doorbell): Promise<number> {
  for (;;) {
    const seen = bell.version();
    await bell.wait(seen, QUIET_MS);
    if (bell.version() === seen) return seen;
  }
}

/** A place where no file can be made, nor watched. */
const nowhere = (): string => directory.file('missing/bell');

/** A mount that takes the watch and says nothing, until the test does. */
function silentWatch() {
  const listeners: Record<'touched' | 'error', (() => void)[]> = { touched: [], error: [] };
  const watchFile: WatchFile = (_file, _options, onTouched) => {
    listeners.touched.push(onTouched);
    return { on: (event, listener) => listeners[event].push(listener), close: () => undefined };
  };
  const tell = (event: 'touched' | 'error'): void => {
    for (const listener of listeners[event]) listener();
  };
  return { watchFile, tell };
}

const rungAtMs = (): number | undefined => statSync(file, { throwIfNoEntry: false })?.mtimeMs;
const forgetRings = (): void => utimesSync(file, 0, 0);

describe('a doorbell', () => {
  test('wakes what waits at another one on the same file, each time', async () => {
    const [here, there] = [doorbell(), doorbell()];
    for (let count = 0; count < 5; count++) {
      const seen = await quiet(there);
      const waiting = there.wait(seen, LONG_MS);
      here.ring();
      await waiting;
      expect(there.version()).toBeGreaterThan(seen);
    }
  });

  test('wakes all that wait, also at itself', async () => {
    const bell = doorbell();
    const seen = await quiet(bell);
    const waiting = [bell.wait(seen, LONG_MS), bell.wait(seen, LONG_MS)];
    bell.ring();
    await Promise.all(waiting);
    expect(bell.version()).toBeGreaterThan(seen);
  });

  test('that was rung since the version seen does not wait', async () => {
    const bell = doorbell();
    const seen = await quiet(bell);
    bell.ring();
    await bell.wait(seen, LONG_MS);
    expect(bell.version()).toBeGreaterThan(seen);
  });

  test('that nobody rings waits for its time, or until the signal aborts', async () => {
    const bell = doorbell();
    const seen = await quiet(bell);
    await bell.wait(seen, 10);
    const stop = new AbortController();
    const waiting = bell.wait(seen, LONG_MS, stop.signal);
    stop.abort();
    await waiting;
    await bell.wait(seen, LONG_MS, AbortSignal.abort());
    expect(bell.version()).toBe(seen);
  });

  test('ends its waits when it closes, and takes no more', async () => {
    const bell = doorbell();
    const seen = await quiet(bell);
    const waiting = bell.wait(seen, LONG_MS);
    bell.close();
    await waiting;
    await bell.wait(seen, LONG_MS);
    bell.close();
    expect(bell.version()).toBe(seen);
  });
});

describe('rings in a row', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });

  test('touch the file once for all within a gap', () => {
    const bell = doorbell();
    bell.ring();
    expect(rungAtMs()).toBeGreaterThan(0);
    forgetRings();
    for (let count = 0; count < 100; count++) bell.ring();
    expect(rungAtMs()).toBe(0);
    vi.advanceTimersByTime(RING_GAP_MS);
    expect(rungAtMs()).toBeGreaterThan(0);
    forgetRings();
    vi.advanceTimersByTime(LONG_MS);
    expect(rungAtMs()).toBe(0);
    bell.ring();
    expect(rungAtMs()).toBeGreaterThan(0);
  });

  test('are not lost when the bell closes before the gap is over', () => {
    const bell = doorbell();
    bell.ring();
    bell.ring();
    forgetRings();
    bell.close();
    expect(rungAtMs()).toBeGreaterThan(0);
  });
});

describe('a deaf doorbell', () => {
  test('finds what is news in the database, one soon after the other', async () => {
    let dataVersion = 1;
    const bell = doorbell({ file: nowhere(), dataVersion: () => dataVersion });
    const startedAt = performance.now();
    for (let count = 0; count < 20; count++) {
      const seen = bell.version();
      const waiting = bell.wait(seen, LONG_MS);
      dataVersion += 1;
      await waiting;
      expect(bell.version()).toBe(seen + 1);
    }
    // The seldom looks of one that hears would take ten seconds.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test('rings for itself all the same', async () => {
    const bell = doorbell({ file: nowhere() });
    const waiting = bell.wait(bell.version(), LONG_MS);
    bell.ring();
    await waiting;
    expect(bell.version()).toBe(1);
  });
});

/** Lets a bell wait in a time of its own, and gives the pauses between its looks at the database. */
async function pausesOf(options: Partial<DoorbellOptions>, whileWaiting: () => void = () => undefined) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const looks: number[] = [];
  const bell = doorbell({ ...options, dataVersion: () => (looks.push(performance.now()), 1) });
  const first = bell.wait(0, LONG_MS);
  whileWaiting();
  bell.ring();
  await first;
  const second = bell.wait(bell.version(), LONG_MS);
  looks.length = 0;
  const startedAt = performance.now();
  await vi.advanceTimersByTimeAsync(3_000);
  bell.close();
  await second;
  return looks.map((at, index) => Math.round(at - (looks[index - 1] ?? startedAt)));
}

describe('looks at the database', () => {
  const OFTEN = { first: 5, last: 100, areGrowing: true };
  const summary = (pauses: readonly number[]) => ({
    first: pauses[0],
    last: pauses.at(-1),
    areGrowing: pauses.every((pauseMs, index) => pauseMs >= (pauses[index - 1] ?? 0)),
  });

  test('are frequent at first, then ten a second, where the file cannot be watched', async () => {
    expect(summary(await pausesOf({ file: nowhere() }))).toEqual(OFTEN);
  });

  test('are so, too, where the watch tells of nothing', async () => {
    expect(summary(await pausesOf({ watchFile: silentWatch().watchFile }))).toEqual(OFTEN);
  });

  test('are two a second once a touch was heard', async () => {
    const { watchFile, tell } = silentWatch();
    const pauses = await pausesOf({ watchFile }, () => tell('touched'));
    expect(new Set(pauses)).toEqual(new Set([500]));
  });

  test('are frequent again when a watch that heard breaks', async () => {
    const { watchFile, tell } = silentWatch();
    const breakDown = (): void => {
      tell('touched');
      tell('error');
    };
    expect(summary(await pausesOf({ watchFile }, breakDown))).toEqual(OFTEN);
  });
});

describe('the first wait', () => {
  test('rings once, to learn whether that is heard', async () => {
    writeFileSync(file, '');
    forgetRings();
    const bell = doorbell({ watchFile: silentWatch().watchFile });
    await bell.wait(bell.version(), 10);
    expect(rungAtMs()).toBeGreaterThan(0);
    forgetRings();
    await bell.wait(bell.version(), 10);
    expect(rungAtMs()).toBe(0);
  });

  test('is not ended by its own ring', async () => {
    const bell = doorbell();
    await bell.wait(0, QUIET_MS);
    expect(bell.version()).toBe(0);
  });

  test('is ended by a change that its own ring covers up', async () => {
    let dataVersion = 1;
    const { watchFile, tell } = silentWatch();
    const bell = doorbell({ watchFile, dataVersion: () => dataVersion });
    const waiting = bell.wait(0, LONG_MS);
    dataVersion += 1;
    tell('touched');
    await waiting;
    expect(bell.version()).toBe(1);
  });
});

describe('a proof', () => {
  test('tells that the file is heard', async () => {
    expect(await doorbell().prove()).toBe('doorbell');
  });

  test('tells that it cannot be watched', async () => {
    expect(await doorbell({ file: nowhere() }).prove()).toBe('polling');
  });

  test('tells that its watch is silent', async () => {
    expect(await doorbell({ watchFile: silentWatch().watchFile }).prove()).toBe('polling');
  });
});
