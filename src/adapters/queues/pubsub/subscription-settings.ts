import type { CreateSubscriptionOptions } from '@google-cloud/pubsub';

/** Settings of a subscription, as the service's API names them. */
export type SubscriptionSettings = Pick<
  CreateSubscriptionOptions,
  | 'messageRetentionDuration'
  | 'expirationPolicy'
  | 'ackDeadlineSeconds'
  | 'retryPolicy'
  | 'deadLetterPolicy'
  | 'enableMessageOrdering'
>;

export type FoundSettings = Readonly<Record<string, unknown>>;

const RETENTION_DAYS = 7;
const ACK_DEADLINE_SECONDS = 60;
const RETRY_SECONDS = { least: 10, most: 600 };
const MAX_DELIVERY_ATTEMPTS = 10;

/** The service's own settings would delete an unused subscription after a month, with the messages in it. */
export function keptSettings(): SubscriptionSettings {
  return { messageRetentionDuration: { seconds: RETENTION_DAYS * 86_400 }, expirationPolicy: {} };
}

/**
 * What workers pull from. By default a message that failed would come again at once and for ever.
 * @param deadLetterTopic its full name.
 */
export function workingSettings(deadLetterTopic: string, ordering: boolean): SubscriptionSettings {
  return {
    ...keptSettings(),
    ackDeadlineSeconds: ACK_DEADLINE_SECONDS,
    retryPolicy: { minimumBackoff: { seconds: RETRY_SECONDS.least }, maximumBackoff: { seconds: RETRY_SECONDS.most } },
    deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts: MAX_DELIVERY_ATTEMPTS },
    ...(ordering && { enableMessageOrdering: true }),
  };
}

export function describeSettings(settings: SubscriptionSettings): string {
  const parts = [`kept for ${RETENTION_DAYS} days`, 'never expires'];
  if (settings.ackDeadlineSeconds !== undefined) {
    parts.push(
      `deadline ${ACK_DEADLINE_SECONDS} s`,
      `retried after ${RETRY_SECONDS.least} to ${RETRY_SECONDS.most} s`,
      `dead letter after ${MAX_DELIVERY_ATTEMPTS} attempts`,
    );
  }
  if (settings.enableMessageOrdering) parts.push('in order per ordering key');
  return parts.join(', ');
}

export interface Difference {
  readonly setting: keyof SubscriptionSettings;
  /** Such as `ackDeadlineSeconds 10 -> 60`. */
  readonly text: string;
  /** Only numbers differ, which a deployment may have chosen. */
  readonly isTuned: boolean;
}

export function differences(found: FoundSettings, wanted: SubscriptionSettings): readonly Difference[] {
  return (Object.keys(wanted) as (keyof SubscriptionSettings)[])
    .filter((setting) => !matches(found[setting], wanted[setting]))
    .map((setting) => ({
      setting,
      text: `${setting} ${shown(found[setting])} -> ${shown(wanted[setting])}`,
      isTuned: matches(found[setting], wanted[setting], isNumber),
    }));
}

/**
 * Numbers come back as texts, and parts that nobody asked for do not count.
 * @param isFree whether a value need not be the wanted one.
 */
function matches(found: unknown, wanted: unknown, isFree: (value: unknown) => boolean = () => false): boolean {
  if (typeof wanted !== 'object' || wanted === null) {
    return String(found) === String(wanted) || (isFree(found) && isFree(wanted));
  }
  const there = (found ?? {}) as Readonly<Record<string, unknown>>;
  // Never: an expiration policy without a time.
  if (Object.keys(wanted).length === 0) return !(there['ttl'] as { readonly seconds?: unknown } | null)?.seconds;
  return Object.entries(wanted).every(([key, value]) => matches(there[key], value, isFree));
}

function isNumber(value: unknown): boolean {
  return /^\d+$/.test(String(value as string | number));
}

/** The numbers and names in a setting, in a few characters. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return 'unset';
  if (typeof value !== 'object') return String(value as string | number | boolean);
  const parts = value as Readonly<Record<string, unknown>>;
  if (parts['seconds'] !== undefined) return `${String(parts['seconds'] as string)}s`;
  const inner = Object.values(parts).filter((part) => part !== null && part !== undefined);
  return inner.length === 0 ? 'never' : inner.map(shown).join('/');
}
