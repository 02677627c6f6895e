import type { PubSub } from '@google-cloud/pubsub';

/** What needs the right to look: the service answers whoever lacks it with this code. */
const LOOKS = ['getMetadata', 'getSubscriptions'] as const;
const PERMISSION_DENIED = 7;

/**
 * A client with the rights of an account, over the emulator, which has no IAM. It doubles the test of permissions and refuses to
 * show topics and subscriptions to accounts without `pubsub.topics.get` and `pubsub.subscriptions.get`; all else is the emulator's.
 */
export function withRights(client: PubSub, ...rights: readonly string[]): PubSub {
  const iam = {
    testPermissions: async (asked: readonly string[]) => [
      Object.fromEntries(asked.map((right) => [right, rights.includes(right)])),
    ],
  };
  const guarded = <T extends object>(part: T, toLook: string): T => {
    const refuse = () => Promise.reject(Object.assign(new Error('no'), { code: PERMISSION_DENIED }));
    const looks = rights.includes(toLook) ? {} : Object.fromEntries(LOOKS.map((look) => [look, refuse]));
    return Object.assign(part, { iam, ...looks });
  };
  return {
    topic: (name: string) => guarded(client.topic(name), 'pubsub.topics.get'),
    subscription: (name: string) => guarded(client.subscription(name), 'pubsub.subscriptions.get'),
  } as unknown as PubSub;
}
