import type { PubSub } from '@google-cloud/pubsub';
import { type Diagnosis, type Problem, problemOf } from '../../../ports/diagnosis.ts';
import { pubsubError } from './pubsub-error.ts';

export interface DiagnosedNames {
  readonly projectId: string;
  readonly topic: string;
  readonly subscription?: string | undefined;
  readonly deadLetterTopic?: string | undefined;
}

const CALL = { timeout: 5_000 };

/** Whether topics and subscription are there and fit; never throws. */
export async function diagnosePubsub(names: DiagnosedNames, connect: () => Promise<PubSub>): Promise<Diagnosis> {
  const { projectId, topic, subscription, deadLetterTopic } = names;
  const facts = {
    queue: 'pubsub',
    project: projectId,
    topic,
    subscription: subscription ?? 'none',
    deadLetterTopic: deadLetterTopic ?? 'none',
  };
  const check = async (subject: string, look: (client: PubSub) => Promise<readonly Problem[]>) => {
    try {
      return await look(await connect());
    } catch (thrown) {
      return [problemOf(pubsubError(thrown, subject))];
    }
  };
  const checkTopic = (name: string): Promise<readonly Problem[]> =>
    check(`topic ${name}`, async (client) => {
      await client.topic(name).getMetadata(CALL);
      return [];
    });
  const checkSubscription = (name: string): Promise<readonly Problem[]> =>
    check(`subscription ${name}`, async (client) => {
      const [metadata] = await client.subscription(name).getMetadata(CALL);
      return misfits(name, `projects/${projectId}/topics/${topic}`, metadata);
    });

  // At the same time: one that is away takes seconds.
  const problems = await Promise.all([
    checkTopic(topic),
    subscription === undefined ? [] : checkSubscription(subscription),
    deadLetterTopic === undefined ? [] : checkTopic(deadLetterTopic),
  ]);
  return { facts, problems: problems.flat() };
}

interface SubscriptionFacts {
  readonly topic?: string | null;
  readonly pushConfig?: { readonly pushEndpoint?: string | null } | null;
  readonly deadLetterPolicy?: { readonly deadLetterTopic?: string | null } | null;
}

function misfits(name: string, topic: string, found: SubscriptionFacts): readonly Problem[] {
  const problems: Problem[] = [];
  const say = (message: string, hint: string): void => void problems.push({ code: 'INVALID_CONFIG', message, hint });
  if (found.topic !== topic) {
    say(
      `subscription ${name} belongs to ${found.topic ?? 'no topic'}, not to the topic that tasks are published to`,
      'delete it and make it anew with: concept init pubsub',
    );
  }
  if (found.pushConfig?.pushEndpoint) {
    say(
      `subscription ${name} pushes to ${found.pushConfig.pushEndpoint}: a worker that pulls gets nothing`,
      'give workers a subscription of their own',
    );
  }
  if (!found.deadLetterPolicy?.deadLetterTopic) {
    say(
      `subscription ${name} has no dead-letter topic: a message that always fails comes for ever`,
      'set one with: concept init pubsub',
    );
  }
  return problems;
}
