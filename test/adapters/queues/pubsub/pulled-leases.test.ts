import type { v1 } from '@google-cloud/pubsub';
import { expect, it, onTestFinished } from 'vitest';
import { createPulledLeases } from '../../../../src/adapters/queues/pubsub/pulled-leases.ts';

interface Change {
  readonly ackIds: readonly string[];
  readonly ackDeadlineSeconds: number;
}

/** Nothing makes a server answer out of turn: this stands for one whose answer to a message's first extension is slow. */
it('ends a lease only when its extensions have arrived, so that none of them comes last', async () => {
  const changes: Change[] = [];
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const modifyAckDeadline = async ({ ackIds, ackDeadlineSeconds }: Change): Promise<void> => {
    if (changes.length === 0 && ackDeadlineSeconds > 0) await arrived;
    changes.push({ ackIds, ackDeadlineSeconds });
  };
  const leases = createPulledLeases({ modifyAckDeadline } as unknown as v1.SubscriberClient, 'subscription', 60_000);
  onTestFinished(() => leases.close(0));
  leases.hold(['a', 'b']);
  leases.giveBack('a');
  const closed = leases.close(0);
  setTimeout(arrive, 50);
  await closed;
  expect(changes).toEqual([
    { ackIds: ['a', 'b'], ackDeadlineSeconds: 30 },
    { ackIds: ['a'], ackDeadlineSeconds: 0 },
    { ackIds: ['b'], ackDeadlineSeconds: 0 },
  ]);
});
