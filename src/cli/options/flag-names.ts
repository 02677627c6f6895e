import type { ConceptError } from '../../core/errors.ts';

/** Fields of the SDK and settings as the user writes them on the command line. */
const FLAGS: Readonly<Record<string, string>> = {
  type: '--type',
  logoDescription: '--logo',
  themeDescription: '--theme',
  numPalettes: '--palettes',
  seed: '--seed',
  image: '--image',
  original: '--original',
  refinementPrompt: '--prompt',
  userId: '--user',
  idempotencyKey: '--idempotency-key',
  priority: '--priority',
  runAt: '--run-at',
  maxAttempts: '--max-attempts',
  minVariations: '--min-variations',
  name: '--batch',
  olderThanMs: '--older-than',
  keep: '--keep',
  maxBytes: '--max-bytes',
  out: '--out',
  limit: '--limit',
  cursor: '--cursor',
  concurrency: '--concurrency',
  leaseSeconds: '--lease-seconds',
};

/** The error's message with the field that it begins with spelled as a flag. */
export function inFlagSpelling({ message, field }: ConceptError): string {
  const [name = ''] = field?.split('.') ?? [];
  const flag = FLAGS[name];
  if (flag === undefined || !message.startsWith(`${field}:`)) return message;
  return `${flag}:${message.slice(field!.length + 1)}`;
}
