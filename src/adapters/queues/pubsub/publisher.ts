import type { PubSub, Topic } from '@google-cloud/pubsub';
import { throwIfAborted } from '../../../core/abort.ts';
import { ConceptError } from '../../../core/errors.ts';
import { toWireMessage, type WireMessage } from '../../../core/wire-message.ts';
import type { TaskMessage } from '../../../ports/task-queue.ts';
import { pubsubError } from './pubsub-error.ts';

export interface Publisher {
  /** Resolves when the service has taken all. @throws ConceptError when any of them may not have been taken. */
  publish(messages: readonly TaskMessage[], signal?: AbortSignal): Promise<void>;
  /** A message of any kind to another topic. */
  forward(topic: string, message: WireMessage): Promise<void>;
  /** Sends what waits for its batch. */
  flush(): Promise<void>;
}

/** Limits of the service (cloud.google.com/pubsub/quotas). */
const MAX_BYTES = 10_000_000;
const MAX_ATTRIBUTE_BYTES = 1_024;
/** One message goes at once; many travel together. */
const SINGLE = { maxMessages: 1 };
const BULK = { maxMessages: 1_000, maxMilliseconds: 20, maxBytes: 9_000_000 };
/** Messages that wait for their answers at the same time. */
const OUTSTANDING = 2_000;
/** The client would try for ten minutes. */
const PATIENCE_MS = 5_000;
const GAX = {
  timeout: PATIENCE_MS,
  retry: {
    retryCodes: [4, 8, 10, 13, 14],
    backoffSettings: {
      initialRetryDelayMillis: 100,
      retryDelayMultiplier: 2,
      maxRetryDelayMillis: 1_000,
      initialRpcTimeoutMillis: 3_000,
      rpcTimeoutMultiplier: 1,
      maxRpcTimeoutMillis: 3_000,
      totalTimeoutMillis: PATIENCE_MS,
    },
  },
};

export function createPublisher(client: PubSub, topicName: string): Publisher {
  const topics = new Map<string, Topic>();
  const topicFor = (name: string, batching: typeof SINGLE | typeof BULK): Topic => {
    const key = `${name} ${batching.maxMessages}`;
    const topic = topics.get(key) ?? client.topic(name, { batching, gaxOpts: GAX as never });
    topics.set(key, topic);
    return topic;
  };
  const send = async (name: string, messages: readonly WireMessage[]): Promise<void> => {
    const topic = topicFor(name, messages.length === 1 ? SINGLE : BULK);
    const outcomes = await Promise.allSettled(
      messages.map(({ data, attributes }) => topic.publishMessage({ data, attributes: { ...attributes } })),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw pubsubError(failed.reason, `topic ${name}`);
  };
  return {
    publish: async (messages, signal) => {
      const wire = messages.map(toWireMessage);
      // Before any of them is sent: one that does not fit is its caller's mistake, not half a success.
      for (const message of wire) assertSize(message);
      for (let start = 0; start < wire.length; start += OUTSTANDING) {
        throwIfAborted(signal);
        await send(topicName, wire.slice(start, start + OUTSTANDING));
      }
    },
    forward: (name, message) => send(name, [message]),
    flush: async () => {
      await Promise.all([...topics.values()].map((topic) => topic.flush()));
    },
  };
}

/** Checked here: an emulator takes anything, and the service answers late and in other words. */
function assertSize({ data, attributes }: WireMessage): void {
  const bytes = data.byteLength + Buffer.byteLength(JSON.stringify(attributes));
  if (bytes > MAX_BYTES) {
    throw new ConceptError('INVALID_INPUT', `the message has ${bytes} bytes, at most ${MAX_BYTES} fit`, {
      hint: 'name large parts by their address instead',
    });
  }
  const long = Object.entries(attributes).find(([, value]) => Buffer.byteLength(value) > MAX_ATTRIBUTE_BYTES);
  if (long) {
    throw new ConceptError('INVALID_INPUT', `attribute ${long[0]} has more than ${MAX_ATTRIBUTE_BYTES} bytes`);
  }
}
