import type { ConceptError } from '../../core/errors.ts';
import { respell } from './respell.ts';

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

/** The error's message with the field that it begins with, and others that it names, spelled as flags. */
export function inFlagSpelling({ code, message, field }: ConceptError): string {
  const { own, rest } = splitField({ message, field });
  return own + (code === 'INVALID_INPUT' ? respell(rest, FLAGS) : rest);
}

function splitField({ message, field }: Pick<ConceptError, 'message' | 'field'>) {
  const [name = ''] = field?.split('.') ?? [];
  const flag = FLAGS[name];
  if (flag === undefined || !message.startsWith(`${field}:`)) return { own: '', rest: message };
  return { own: `${flag}:`, rest: message.slice(field!.length + 1) };
}
