import type { PlanStep } from '../adapters/queues/pubsub/plan.ts';
import { missingSetting } from './missing-setting.ts';
import type { Config } from './settings.ts';

export type { PlanStep } from '../adapters/queues/pubsub/plan.ts';

export interface SetUpOptions {
  /** Only tell what would be done. */
  readonly dryRun: boolean;
  /** Deliver messages of an ordering key in order. */
  readonly ordering: boolean;
  /** Account of the Pub/Sub service in the project. */
  readonly serviceAgent?: string | undefined;
}

/** Creates the topics and subscriptions that the configuration names, or mends them. @throws ConceptError */
export async function setUpPubsub(
  config: Config,
  { dryRun, ordering, serviceAgent }: SetUpOptions,
): Promise<readonly PlanStep[]> {
  const projectId = demand(config, 'gcpProjectId');
  const topic = demand(config, 'pubSubTopicId');
  const names = {
    projectId,
    topic,
    subscription: config.pubSubSubscriptionId ?? `${topic}-sub`,
    deadLetterTopic: config.pubSubDeadLetterTopicId ?? `${topic}-dead`,
    emulatorHost: config.pubSubEmulatorHost,
    serviceAgent,
  };
  const { connectPubsub } = await import('../adapters/queues/pubsub/connect.ts');
  const { initPubsub } = await import('../adapters/queues/pubsub/plan.ts');
  const client = await connectPubsub(names);
  try {
    return await initPubsub(client, names, { dryRun, ordering });
  } finally {
    await client.close();
  }
}

function demand(config: Config, name: 'gcpProjectId' | 'pubSubTopicId'): string {
  const value = config[name];
  if (value !== undefined) return value;
  throw missingSetting(name);
}
