import type { CreateSubscriptionOptions, PubSub } from '@google-cloud/pubsub';
import { type GrantNames, initGrants } from './grants.ts';
import type { PlanStep } from './plan-step.ts';
import { pubsubError, STATUS, statusOf } from './pubsub-error.ts';
import {
  describeSettings,
  differences,
  type FoundSettings,
  keptSettings,
  type SubscriptionSettings,
  workingSettings,
} from './subscription-settings.ts';

export type { PlanStep } from './plan-step.ts';

/** What a deployment needs of Pub/Sub. */
export interface PubsubNames extends GrantNames {
  readonly topic: string;
}

export interface InitPubsubOptions {
  readonly dryRun: boolean;
  /** Deliver messages of an ordering key in order; a subscription is that way from its creation, or never. Default false. */
  readonly ordering?: boolean | undefined;
}

interface WantedSubscription {
  readonly name: string;
  readonly topic: string;
  readonly settings: SubscriptionSettings;
}

const CALL = { timeout: 5_000 };
/** Settings that a subscription keeps for its life. */
const FIXED = new Set<string>(['enableMessageOrdering']);

/** Creates what is missing and mends what differs; with `dryRun` it only tells. Idempotent. @throws ConceptError */
export async function initPubsub(
  client: PubSub,
  names: PubsubNames,
  { dryRun, ordering = false }: InitPubsubOptions,
): Promise<readonly PlanStep[]> {
  const { topic, subscription, deadLetterTopic } = names;
  const settings = workingSettings(topicPath(client, deadLetterTopic), ordering);
  // Without a subscription of its own, what is forwarded to a topic is gone.
  const dead = { name: `${deadLetterTopic}-sub`, topic: deadLetterTopic, settings: keptSettings() };
  return [
    await initTopic(client, topic, dryRun),
    await initTopic(client, deadLetterTopic, dryRun),
    ...(await initSubscription(client, dead, dryRun)),
    ...(await initSubscription(client, { name: subscription, topic, settings }, dryRun)),
    ...(await initGrants(client, names, dryRun)),
  ];
}

async function initTopic(client: PubSub, name: string, dryRun: boolean): Promise<PlanStep> {
  const step = { kind: 'topic', name } as const;
  const subject = `topic ${name}`;
  if (await find(() => client.topic(name).getMetadata(CALL), subject)) {
    return { ...step, action: 'keep', detail: 'is there' };
  }
  if (!dryRun) await make(() => client.createTopic(name, CALL), subject);
  return { ...step, action: 'create', detail: '' };
}

async function initSubscription(client: PubSub, wanted: WantedSubscription, dryRun: boolean): Promise<PlanStep[]> {
  const { name, topic, settings } = wanted;
  const step = { kind: 'subscription', name } as const;
  const subject = `subscription ${name}`;
  const found = await find(() => client.subscription(name).getMetadata(CALL), subject);
  if (!found) {
    const options = { ...settings, gaxOpts: CALL } as CreateSubscriptionOptions;
    if (!dryRun) await make(() => client.topic(topic).createSubscription(name, options), subject);
    return [{ ...step, action: 'create', detail: `of ${topic}, ${describeSettings(settings)}` }];
  }
  const steps: PlanStep[] = misfits(client, found, wanted).map((detail) => ({ ...step, action: 'cannot', detail }));
  const mendable = differences(found, settings).filter(({ setting }) => !FIXED.has(setting));
  if (mendable.length > 0) {
    const changes = Object.fromEntries(mendable.map(({ setting }) => [setting, settings[setting]]));
    if (!dryRun) await make(() => client.subscription(name).setMetadata(changes, CALL), subject);
    steps.push({ ...step, action: 'update', detail: mendable.map(({ text }) => text).join(', ') });
  }
  return steps.length > 0 ? steps : [{ ...step, action: 'keep', detail: 'is there, with the settings it needs' }];
}

/** What no update can mend. */
function misfits(client: PubSub, found: FoundSettings, { topic, settings }: WantedSubscription): readonly string[] {
  const misfit: string[] = [];
  const ofTopic = String(found['topic']);
  if (ofTopic !== topicPath(client, topic)) misfit.push(`it belongs to ${ofTopic}, not to ${topic}: delete it first`);
  const { pushEndpoint } = (found['pushConfig'] ?? {}) as { readonly pushEndpoint?: string };
  if (pushEndpoint) misfit.push(`it pushes to ${pushEndpoint}: workers that pull need another one`);
  const fixed = differences(found, settings).filter(({ setting }) => FIXED.has(setting));
  return [...misfit, ...fixed.map(({ text }) => `${text}: only a new subscription can have it`)];
}

function topicPath(client: PubSub, name: string): string {
  return `projects/${client.projectId}/topics/${name}`;
}

async function find(look: () => Promise<readonly unknown[]>, subject: string): Promise<FoundSettings | undefined> {
  try {
    const [metadata] = await look();
    return metadata as FoundSettings;
  } catch (thrown) {
    if (statusOf(thrown) === STATUS.notFound) return undefined;
    throw pubsubError(thrown, subject);
  }
}

async function make(work: () => Promise<unknown>, subject: string): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    // Somebody else was quicker.
    if (statusOf(thrown) !== STATUS.alreadyExists) throw pubsubError(thrown, subject);
  }
}
