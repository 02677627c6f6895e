import type { Environment } from './setting.ts';

/** Variables of deployed systems that nothing here reads yet: whoever set one should know. */
const IGNORED = [
  /^CONCEPT_UPSTASH_REDIS_/,
  /^CONCEPT_JIGSAWSTACK_API_KEY$/,
  /^(GEMINI|OPENAI)_API_KEY$/,
  /^PROCESSOR_(JOB_NAME|AUTH_TOKEN)$/,
  /^BACKEND_API_URL$/,
];

/** Names of variables that are set and accepted, and change nothing. */
export function ignoredVariables(environment: Environment = process.env): readonly string[] {
  const names = Object.keys(environment).filter((name) => environment[name]);
  return names.filter((name) => IGNORED.some((form) => form.test(name))).toSorted();
}
