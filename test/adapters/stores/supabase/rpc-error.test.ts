import { describe, expect, it } from 'vitest';
import { isPassing, rpcError } from '../../../../src/adapters/stores/supabase/rpc-error.ts';

describe('failures without a code, as a gateway gives them', () => {
  it.each([
    [{ status: 401, message: 'Invalid API key' }, 'NOT_ALLOWED', false],
    [{ status: 502, message: '<html><h1>Bad gateway</h1></html>' }, 'STORE_UNAVAILABLE', true],
    [{ status: 404, message: 'no Route matched with those values' }, 'STORE_UNAVAILABLE', false],
  ])('%j becomes %s', (failure, code, passes) => {
    expect(isPassing(failure)).toBe(passes);
    expect(rpcError(failure, { routine: 'concept_claim', signal: undefined, redact: (text) => text })).toMatchObject({
      code,
      retryable: passes,
    });
  });
});
