import type { WireMessage } from '../../../core/wire-message.ts';
import type { HeldMessage } from './held-message.ts';

/** A message has at most 100 attributes (cloud.google.com/pubsub/quotas), three of them ours here. */
const MOST_OWN_ATTRIBUTES = 97;
const REASON_BYTES = 500;

/** The message as it came, with the reason why nobody can use it. */
export function deadLetterOf(message: HeldMessage, reason: string, subscription: string): WireMessage {
  const own = Object.entries(message.attributes).slice(0, MOST_OWN_ATTRIBUTES);
  return {
    data: Buffer.from(message.data),
    attributes: {
      ...Object.fromEntries(own),
      reason: cut(reason),
      original_message_id: message.id,
      subscription,
    },
  };
}

/** Attributes are limited by bytes; a character is not cut in two. */
function cut(text: string): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, REASON_BYTES), { stream: true });
}
