import { expect, it } from 'vitest';
import { checkUrl } from '../../../src/adapters/fetchers/http/url-policy.ts';

it.each([
  ['https://example.com:8443/a.png', 'use the standard https port, 443'],
  ['https://user:word@example.com/a.png', 'remove the part before the @ sign'],
])('%s is refused with what to do', (url, hint) => {
  expect(() => checkUrl(url, { allowLoopback: false })).toThrow(
    expect.objectContaining({ code: 'IMAGE_URL_BLOCKED', hint }),
  );
});
