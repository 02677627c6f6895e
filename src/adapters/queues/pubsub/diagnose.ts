import type { PubSub } from '@google-cloud/pubsub';
import { type Diagnosis, type Problem, problemOf } from '../../../ports/diagnosis.ts';
import { diagnoseSubscription, type Facts } from './diagnose-subscription.ts';
import { pubsubError } from './pubsub-error.ts';
import { hasRight, ifVisible, lacksRole, LOOK } from './rights.ts';

export interface DiagnosedNames {
  readonly projectId: string;
  readonly topic: string;
  readonly subscription?: string | undefined;
  readonly deadLetterTopic?: string | undefined;
}

/** Whether topics and subscription are there, fit, and may be used by this account; never throws. */
export async function diagnosePubsub(names: DiagnosedNames, connect: () => Promise<PubSub>): Promise<Diagnosis> {
  const { projectId, topic, subscription, deadLetterTopic } = names;
  const facts: Facts = {
    queue: 'pubsub',
    project: projectId,
    topic,
    subscription: subscription ?? 'none: this process publishes, and cannot work',
    deadLetterTopic: deadLetterTopic ?? 'none',
  };
  const problems: Problem[] = [];
  const check = async (subject: string, look: (client: PubSub) => Promise<readonly Problem[]>): Promise<void> => {
    problems.push(...(await problemsIn(subject, async () => look(await connect()))));
  };
  try {
    await check(`topic ${topic}`, (client) => topicProblems(client, topic, facts));
    if (subscription !== undefined) {
      await check(`subscription ${subscription}`, (client) =>
        diagnoseSubscription(client, { ...names, subscription }, facts),
      );
    }
    if (deadLetterTopic !== undefined) {
      await check(`topic ${deadLetterTopic}`, (client) => deadLetterProblems(client, deadLetterTopic, facts));
    }
  } catch (thrown) {
    problems.push(problemOf(thrown));
  }
  return { facts, problems };
}

/** @throws when the service is away or there are no credentials: the same would be said of each part */
async function problemsIn(subject: string, look: () => Promise<readonly Problem[]>): Promise<readonly Problem[]> {
  try {
    return await look();
  } catch (thrown) {
    const error = pubsubError(thrown, subject);
    if (error === thrown || error.retryable) throw error;
    return [problemOf(error)];
  }
}

async function topicProblems(client: PubSub, name: string, facts: Facts): Promise<readonly Problem[]> {
  const topic = client.topic(name);
  const mayPublish = await hasRight(topic.iam, 'pubsub.topics.publish');
  facts['rights'] = mayPublish === undefined ? 'not checked here: there is no IAM' : 'checked';
  // Of a topic that is missing nothing is granted, either.
  if (mayPublish !== true) await ifVisible(() => topic.getMetadata(LOOK));
  return mayPublish === false ? [lacksRole(`publish to topic ${name}`, 'roles/pubsub.publisher', 'it')] : [];
}

/** Workers publish there, and the service does; whoever looks into it needs a subscription. */
async function deadLetterProblems(client: PubSub, name: string, facts: Facts): Promise<readonly Problem[]> {
  const problems = await topicProblems(client, name, facts);
  const found = await ifVisible(() => client.topic(name).getSubscriptions({ gaxOpts: LOOK }));
  if (!found || found[0].length > 0) return problems;
  const message = `topic ${name} has no subscription: dead letters that are sent to it are lost`;
  return [...problems, { code: 'INVALID_CONFIG', message, hint: 'make one with: concept init pubsub' }];
}
