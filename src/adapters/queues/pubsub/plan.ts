import type { CreateSubscriptionOptions, PubSub } from '@google-cloud/pubsub';
import type { PubsubConnection } from './connect.ts';
import { pubsubError, STATUS, statusOf } from './pubsub-error.ts';

/** What a deployment needs of Pub/Sub. */
export interface PubsubNames extends PubsubConnection {
  /** Account of the Pub/Sub service in this project, when it is known: the two grants are made for it. */
  readonly serviceAgent?: string | undefined;
  readonly topic: string;
  readonly subscription: string;
  readonly deadLetterTopic: string;
}

/** One thing that a deployment needs, and what has been found or done about it. */
export interface PlanStep {
  readonly kind: 'topic' | 'subscription' | 'grant';
  readonly name: string;
  readonly action: 'create' | 'update' | 'keep' | 'grant' | 'cannot';
  /** What is set, or what differs. */
  readonly detail: string;
}

/** Settings of the working subscription; the service's own would delete it after a month without use, and retry without a pause. */
const ACK_DEADLINE_SECONDS = 60;
const RETRY_POLICY = { minimumBackoff: { seconds: 10 }, maximumBackoff: { seconds: 600 } };
const MAX_DELIVERY_ATTEMPTS = 10;
const RETENTION_SECONDS = 7 * 86_400;
const CALL = { timeout: 10_000 };

/** Creates what is missing and mends what differs; with `dryRun` it only tells. Idempotent. @throws ConceptError */
export async function initPubsub(
  client: PubSub,
  names: PubsubNames,
  { dryRun }: { readonly dryRun: boolean },
): Promise<readonly PlanStep[]> {
  const deadLetterSubscription = `${names.deadLetterTopic}-sub`;
  return [
    await initTopic(client, names.topic, dryRun),
    await initTopic(client, names.deadLetterTopic, dryRun),
    await initSubscription(client, names.deadLetterTopic, deadLetterSubscription, {}, dryRun),
    await initSubscription(client, names.topic, names.subscription, workingSettings(client, names), dryRun),
    ...(await initGrants(client, names, dryRun)),
  ];
}

function workingSettings(client: PubSub, { deadLetterTopic }: PubsubNames): Readonly<Record<string, unknown>> {
  return {
    ackDeadlineSeconds: ACK_DEADLINE_SECONDS,
    retryPolicy: RETRY_POLICY,
    deadLetterPolicy: {
      deadLetterTopic: `projects/${client.projectId}/topics/${deadLetterTopic}`,
      maxDeliveryAttempts: MAX_DELIVERY_ATTEMPTS,
    },
  };
}

async function initTopic(client: PubSub, name: string, dryRun: boolean): Promise<PlanStep> {
  const step = { kind: 'topic', name } as const;
  if (await exists(() => client.topic(name).getMetadata(CALL), `topic ${name}`)) {
    return { ...step, action: 'keep', detail: 'is there' };
  }
  if (!dryRun) await attempt(() => client.createTopic(name, CALL), `topic ${name}`);
  return { ...step, action: 'create', detail: '' };
}

async function initSubscription(
  client: PubSub,
  topic: string,
  name: string,
  settings: Readonly<Record<string, unknown>>,
  dryRun: boolean,
): Promise<PlanStep> {
  const step = { kind: 'subscription', name } as const;
  const wanted = {
    messageRetentionDuration: { seconds: RETENTION_SECONDS },
    // Never: an unused one would be deleted, and its messages with it.
    expirationPolicy: {},
    ...settings,
  };
  const found = await exists(() => client.subscription(name).getMetadata(CALL), `subscription ${name}`);
  if (!found) {
    const create = () =>
      client.topic(topic).createSubscription(name, { ...wanted, gaxOpts: CALL } as CreateSubscriptionOptions);
    if (!dryRun) await attempt(create, `subscription ${name}`);
    return { ...step, action: 'create', detail: `of ${topic}, ${described(wanted)}` };
  }
  const differing = Object.entries(wanted).filter(([key, value]) => !matches(found[key], value));
  if (differing.length === 0) return { ...step, action: 'keep', detail: 'is there, with the settings it needs' };
  const mend = (): Promise<unknown> => {
    const metadata = Object.fromEntries(differing) as Parameters<ReturnType<PubSub['subscription']>['setMetadata']>[0];
    return client.subscription(name).setMetadata(metadata, CALL);
  };
  if (!dryRun) await attempt(mend, `subscription ${name}`);
  return { ...step, action: 'update', detail: differing.map(([key]) => key).join(', ') };
}

/** The service's own account forwards dead letters: it must be let publish there, and take them from the subscription. */
async function initGrants(client: PubSub, names: PubsubNames, dryRun: boolean): Promise<readonly PlanStep[]> {
  const grants = [
    { name: names.deadLetterTopic, role: 'roles/pubsub.publisher', iam: () => client.topic(names.deadLetterTopic).iam },
    {
      name: names.subscription,
      role: 'roles/pubsub.subscriber',
      iam: () => client.subscription(names.subscription).iam,
    },
  ];
  const steps: PlanStep[] = [];
  for (const { name, role, iam } of grants) {
    const step = { kind: 'grant', name } as const;
    const detail = `${role} for the Pub/Sub service agent, service-PROJECT_NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com`;
    if (dryRun || names.serviceAgent === undefined) {
      steps.push({ ...step, action: dryRun ? 'grant' : 'cannot', detail });
      continue;
    }
    steps.push(await grant(iam(), { ...step, role, member: `serviceAccount:${names.serviceAgent}`, detail }));
  }
  return steps;
}

interface Grant {
  readonly kind: 'grant';
  readonly name: string;
  readonly role: string;
  readonly member: string;
  readonly detail: string;
}

async function grant(
  iam: ReturnType<PubSub['topic']>['iam'],
  { role, member, detail, ...step }: Grant,
): Promise<PlanStep> {
  try {
    const [policy] = await iam.getPolicy(CALL);
    const bindings = [...(policy.bindings ?? [])];
    if (bindings.some((binding) => binding.role === role && binding.members?.includes(member))) {
      return { ...step, action: 'keep', detail };
    }
    await iam.setPolicy({ ...policy, bindings: [...bindings, { role, members: [member] }] }, CALL);
    return { ...step, action: 'grant', detail };
  } catch (thrown) {
    if (statusOf(thrown) === STATUS.unimplemented)
      return { ...step, action: 'cannot', detail: `${detail}; no IAM here` };
    throw pubsubError(thrown, `grant on ${step.name}`);
  }
}

async function exists(
  look: () => Promise<readonly unknown[]>,
  subject: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const [metadata] = await look();
    return metadata as Readonly<Record<string, unknown>>;
  } catch (thrown) {
    if (statusOf(thrown) === STATUS.notFound) return undefined;
    throw pubsubError(thrown, subject);
  }
}

async function attempt(work: () => Promise<unknown>, subject: string): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    // Somebody else was quicker.
    if (statusOf(thrown) !== STATUS.alreadyExists) throw pubsubError(thrown, subject);
  }
}

/** Compares what is wanted with what is there; numbers come back as texts, and parts that nobody asked for do not count. */
function matches(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null)
    return `${found as string | number}` === `${wanted as string | number}`;
  const there = (found ?? {}) as Readonly<Record<string, unknown>>;
  if (Object.keys(wanted).length === 0) return !(there['ttl'] as { seconds?: unknown } | null)?.seconds;
  return Object.entries(wanted).every(([key, value]) => matches(there[key], value));
}

function described(wanted: Readonly<Record<string, unknown>>): string {
  const parts = [`kept for ${RETENTION_SECONDS / 86_400} days`, 'never expires'];
  if ('ackDeadlineSeconds' in wanted) {
    parts.push(
      `deadline ${ACK_DEADLINE_SECONDS} s`,
      'retried after 10 to 600 s',
      `dead letter after ${MAX_DELIVERY_ATTEMPTS}`,
    );
  }
  return parts.join(', ');
}
