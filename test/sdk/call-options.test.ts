import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { delay } from '../../src/core/abort.ts';
import { boundsOf } from '../../src/sdk/call-options.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

it('a time limit beside a signal holds whatever the garbage collector does meanwhile', async () => {
  const { signal } = new AbortController();
  const { stop } = boundsOf({ signal, timeoutMs: 150 });
  for (let round = 0; round < 3; round++) {
    await pause(10);
    collect();
  }
  await delay(5_000, stop);
  expect(stop!.aborted).toBe(true);
  expect(stop!.reason).toMatchObject({ name: 'TimeoutError' });
});
