import type { PubSub } from '@google-cloud/pubsub';
import type { Problem } from '../../../ports/diagnosis.ts';
import { hasRight, ifVisible, lacksRole, LOOK } from './rights.ts';
import { type Difference, differences, type FoundSettings, workingSettings } from './subscription-settings.ts';

/** What a diagnosis tells beside its problems. */
export type Facts = Record<string, string | number>;

export interface SubscriptionNames {
  readonly projectId: string;
  readonly topic: string;
  readonly subscription: string;
  readonly deadLetterTopic?: string | undefined;
}

/** What happens to messages where a setting is not as it has to be. */
const CONSEQUENCES: Readonly<Partial<Record<Difference['setting'], string>>> = {
  retryPolicy: 'a message that failed comes again at once, over and over',
  expirationPolicy: 'it is deleted with its messages when nobody uses it for so long',
  deadLetterPolicy: 'dead letters go where nobody looks for them',
};

/** Whether workers can pull from the subscription, and what becomes of messages that fail. */
export async function diagnoseSubscription(
  client: PubSub,
  names: SubscriptionNames,
  facts: Facts,
): Promise<readonly Problem[]> {
  const { subscription: name } = names;
  const subscription = client.subscription(name);
  const mayPull = await hasRight(subscription.iam, 'pubsub.subscriptions.consume');
  const seen = await ifVisible(() => subscription.getMetadata(LOOK));
  const problems: Problem[] = [];
  if (mayPull === false) problems.push(lacksRole(`pull from subscription ${name}`, 'roles/pubsub.subscriber', 'it'));
  // A worker looks at it, too, when it starts.
  if (!seen) problems.push(lacksRole(`look at subscription ${name}`, 'roles/pubsub.viewer', 'it'));
  else problems.push(...misfits(names, seen[0] as unknown as FoundSettings, facts));
  return problems;
}

interface KnownSettings {
  readonly topic?: string | null;
  readonly pushConfig?: { readonly pushEndpoint?: string | null } | null;
  readonly deadLetterPolicy?: { readonly deadLetterTopic?: string | null } | null;
}

function misfits(
  { subscription, ...names }: SubscriptionNames,
  found: FoundSettings,
  facts: Facts,
): readonly Problem[] {
  const problems: Problem[] = [];
  const say = (message: string, hint: string): void =>
    void problems.push({ code: 'INVALID_CONFIG', message: `subscription ${subscription} ${message}`, hint });
  const pathOf = (topic: string): string => `projects/${names.projectId}/topics/${topic}`;
  const { topic, pushConfig, deadLetterPolicy } = found as KnownSettings;
  if (topic !== pathOf(names.topic)) {
    say(
      `belongs to ${topic ?? 'no topic'}, not to the topic that tasks are published to`,
      'delete it and make it anew with: concept init pubsub',
    );
  }
  if (pushConfig?.pushEndpoint) {
    say(
      `pushes to ${pushConfig.pushEndpoint}: a worker that pulls gets nothing`,
      'give workers a subscription of their own',
    );
  }
  const forwardsTo = deadLetterPolicy?.deadLetterTopic;
  if (!forwardsTo) {
    say('has no dead-letter topic: a message that always fails comes for ever', 'set one with: concept init pubsub');
  }
  // Where no topic is named, that of the subscription is the right one.
  const deadLetterTopic = names.deadLetterTopic === undefined ? (forwardsTo ?? '') : pathOf(names.deadLetterTopic);
  const others = differences(found, workingSettings(deadLetterTopic, false)).filter(
    ({ setting }) => setting !== 'deadLetterPolicy' || forwardsTo,
  );
  for (const { setting, text, isTuned } of others) {
    if (isTuned) continue;
    const hint = 'mend it with: concept init pubsub; look first with --dry-run';
    say(`has to be mended, ${text}: ${CONSEQUENCES[setting] ?? 'messages can be lost'}`, hint);
  }
  const tuned = others.filter(({ isTuned }) => isTuned).map(({ text }) => text);
  facts['settings'] = tuned.length === 0 ? 'as concept init pubsub makes them' : `own: ${tuned.join(', ')}`;
  facts['ordering'] = found['enableMessageOrdering'] === true ? 'by ordering key' : 'none';
  return problems;
}
