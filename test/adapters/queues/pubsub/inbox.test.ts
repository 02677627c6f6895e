import { expect, it } from 'vitest';
import type { HeldMessage } from '../../../../src/adapters/queues/pubsub/held-message.ts';
import { createInbox } from '../../../../src/adapters/queues/pubsub/inbox.ts';

function messagesOf(returned: string[]) {
  return (id: string, orderingKey?: string): HeldMessage => ({
    id,
    orderingKey,
    data: Buffer.from(''),
    attributes: {},
    publishedAt: null,
    ack: () => undefined,
    nack: () => void returned.push(id),
  });
}

it('delivers one message of a key at a time, and others meanwhile', async () => {
  const inbox = createInbox();
  const message = messagesOf([]);
  const [a1, a2, b1, c] = [message('a1', 'a'), message('a2', 'a'), message('b1', 'b'), message('c')];
  for (const each of [a1!, a2!, b1!, c!]) inbox.push(each);
  expect([(await inbox.next())?.id, (await inbox.next())?.id, (await inbox.next())?.id]).toEqual(['a1', 'b1', 'c']);
  const next = inbox.next();
  inbox.settled(b1!, true);
  inbox.settled(a1!, true);
  expect((await next)?.id).toBe('a2');
});

it('gives those of a key back together, in their order, when the first of them failed', async () => {
  const returned: string[] = [];
  const inbox = createInbox();
  const message = messagesOf(returned);
  const first = message('a1', 'a');
  inbox.push(first);
  inbox.push(message('a2', 'a'));
  inbox.push(message('a3', 'a'));
  await inbox.next();
  inbox.settled(first, false);
  expect(returned).toEqual(['a2', 'a3']);
  inbox.push(message('a1 again', 'a'));
  expect((await inbox.next())?.id).toBe('a1 again');
});

it('keeps the order of a key while its first message waits', async () => {
  const inbox = createInbox();
  const message = messagesOf([]);
  const first = message('a1', 'a');
  inbox.push(first);
  inbox.push(message('a2', 'a'));
  await inbox.next();
  inbox.keep(first, 30);
  expect((await inbox.next())?.id).toBe('a1');
});

it('gives back all that nobody has begun with when it is closed, each once', async () => {
  const returned: string[] = [];
  const inbox = createInbox();
  const message = messagesOf(returned);
  const [running, kept] = [message('running', 'a'), message('kept')];
  inbox.push(running!);
  inbox.push(kept!);
  inbox.push(message('behind', 'a'));
  inbox.push(message('ready'));
  await inbox.next();
  await inbox.next();
  inbox.keep(kept!, 60_000);
  inbox.close();
  inbox.settled(running!, true);
  inbox.push(message('late'));
  expect(returned.toSorted()).toEqual(['behind', 'kept', 'late', 'ready']);
  expect(await inbox.next()).toBeUndefined();
});

it('throws its failure to whoever waits', async () => {
  const inbox = createInbox();
  const waiting = inbox.next();
  inbox.fail(new Error('away'));
  await expect(waiting).rejects.toThrow('away');
});
