import { describe, expect, it } from 'vitest';
import { delay } from '../../../../src/core/abort.ts';
import type { Delivery, TaskQueue } from '../../../../src/ports/task-queue.ts';
import { useEmulator } from '../../../support/emulated-project.ts';
import { messages, nextOf, receiveAll } from '../../../support/pubsub-deliveries.ts';
import { NAMES, openPubsubProject } from '../../../support/pubsub.ts';
import { skipsEmulator, startPubsubEmulator } from '../../../support/pubsub-emulator.ts';

const WORK_MS = 800;

describe.skipIf(skipsEmulator())('closing a Pub/Sub receiver', () => {
  const { project } = useEmulator();

  describe.each([
    ['that streams', false],
    ['that drains', true],
  ])('%s', (_, drain) => {
    it('loses nothing and does nothing twice, with tasks running and messages waiting', async () => {
      const { queue, takeRaw } = await project();
      const published = messages(12);
      await queue().publish(published);
      const first = queue({ concurrency: 4, closeMs: 4_000 });
      const stop = new AbortController();
      const started: string[] = [];
      const done: Promise<void>[] = [];
      for await (const delivery of first.receive({ signal: stop.signal, drain })) {
        started.push(delivery.taskId!);
        done.push(workOn(delivery));
        // Four are running; others of the twelve are in this process, unseen.
        if (started.length === 4) stop.abort();
      }
      const closingAt = performance.now();
      await first.close();
      expect(performance.now() - closingAt).toBeLessThan(WORK_MS + 1_500);
      await Promise.all(done);

      const rest = await takeRaw(NAMES.subscription, 8);
      const others = rest.map(({ attributes }) => attributes['task_id']!);
      expect([...started, ...others].toSorted()).toEqual(published.map(({ taskId }) => taskId).toSorted());
      expect(await takeRaw(NAMES.subscription, 1, 1_000)).toEqual([]);
    });

    it('gives back what is not done in time', async () => {
      const { queue, takeRaw } = await project();
      const [published] = messages(1);
      await queue().publish([published!]);
      const first = queue({ closeMs: 1_500 });
      const delivery = await nextOf(first, { drain });
      const closingAt = performance.now();
      await first.close();
      expect(performance.now() - closingAt).toBeLessThan(4_000);
      const [raw] = await takeRaw(NAMES.subscription, 1);
      expect(raw!.attributes['task_id']).toBe(delivery.taskId);
    });

    it('gives back what it kept for later', async () => {
      const { queue, takeRaw } = await project();
      await queue().publish(messages(1));
      const first = queue();
      const stop = new AbortController();
      for await (const delivery of first.receive({ signal: stop.signal, drain })) {
        await delivery.giveBack(600_000);
        stop.abort();
      }
      await first.close();
      expect(await takeRaw(NAMES.subscription, 1)).toHaveLength(1);
    });

    it('takes no message any more once it is closed', async () => {
      const { queue, takeRaw } = await project();
      const first = queue();
      const stop = new AbortController();
      const receiving = receiveAll(first, { signal: stop.signal, drain });
      await delay(500);
      stop.abort();
      await receiving;
      const closingAt = performance.now();
      await first.close();
      expect(performance.now() - closingAt).toBeLessThan(1_500);
      await queue().publish(messages(1));
      const publishedAt = performance.now();
      expect(await takeRaw(NAMES.subscription, 1)).toHaveLength(1);
      expect(performance.now() - publishedAt).toBeLessThan(2_000);
    });
  });
});

describe.skipIf(skipsEmulator())('closing while the server answers nothing', () => {
  it.each([
    ['streams', false],
    ['drains', true],
  ])('ends in time in a process that %s', async (_, drain) => {
    const emulator = await startPubsubEmulator();
    try {
      const project = await openPubsubProject(emulator);
      const queue: TaskQueue = project.queue({ closeMs: 1_500 });
      await queue.publish(messages(2));
      const delivery = await nextOf(queue, { drain });
      emulator.signal('SIGSTOP');
      await delivery.acknowledge();
      const closingAt = performance.now();
      await queue.close();
      expect(performance.now() - closingAt).toBeLessThan(6_000);
    } finally {
      await emulator.stop();
    }
  });
});

async function workOn(delivery: Delivery): Promise<void> {
  await delay(WORK_MS);
  await delivery.acknowledge();
}
