import { expect, it } from 'vitest';
import { ignoredVariables } from '../../src/config/ignored-variables.ts';

it('names what is set and changes nothing', () => {
  const environment = {
    CONCEPT_UPSTASH_REDIS_REST_URL: 'https://redis.example',
    OPENAI_API_KEY: 'sk',
    GEMINI_API_KEY: '',
    CONCEPT_HOME: '/data',
  };
  expect(ignoredVariables(environment)).toEqual(['CONCEPT_UPSTASH_REDIS_REST_URL', 'OPENAI_API_KEY']);
});
