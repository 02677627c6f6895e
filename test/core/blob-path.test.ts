import { describe, expect, test } from 'vitest';
import { assertBlobPath, blobFolderOf, blobPathOf, contentTypeOf, extensionOf } from '../../src/core/blob-path.ts';
import { assertUserId } from '../../src/core/user-id.ts';

const SHA = 'ab'.repeat(32);

describe('blobPathOf', () => {
  test('derives from user, task and content', () => {
    expect(blobPathOf({ userId: 'u1', taskId: 't1' }, { sha256: SHA, contentType: 'image/png' })).toBe(
      'u1/t1/abababababababab.png',
    );
    expect(blobPathOf({ userId: 'u1', taskId: 't1' }, { sha256: SHA, contentType: 'application/x-odd' })).toBe(
      'u1/t1/abababababababab.bin',
    );
  });

  test('refuses a user id that would leave the folder', () => {
    expect(() => blobPathOf({ userId: '..', taskId: 't1' }, { sha256: SHA, contentType: 'image/png' })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
  });
});

describe('assertBlobPath', () => {
  test.each(['u1/t1/a.png', 'u1/a', 'U-1_x/0123/a.tar.gz'])('takes %j', (path) => {
    expect(() => assertBlobPath(path)).not.toThrow();
  });

  test.each([
    '',
    'a',
    '/u1/a',
    'u1/',
    'u1//a',
    './a',
    '../a',
    'u1/../a',
    'u1/.a',
    'u1/a b',
    'u1\\..\\a',
    'C:/a',
    'u1/ä',
    'u1/a\n',
    'u1/%2e%2e',
    `u1/${'a'.repeat(129)}`,
  ])('refuses %j in one line', (path) => {
    const refusal = { code: 'INVALID_INPUT', field: 'path', message: expect.stringMatching(/^path: .*$/) };
    expect(() => assertBlobPath(path)).toThrow(expect.objectContaining(refusal));
  });
});

test('blobFolderOf ends a prefix with a slash, and refuses what is none', () => {
  expect(['', 'u1', 'u1/', 'u1/t1'].map(blobFolderOf)).toEqual(['', 'u1/', 'u1/', 'u1/t1/']);
  for (const prefix of ['/', '..', 'u1/..', 'u1//', '.incoming']) {
    expect(() => blobFolderOf(prefix), prefix).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  }
});

test('content types and extensions name each other', () => {
  for (const type of ['image/png', 'image/jpeg', 'image/webp', 'image/svg+xml', 'application/pdf']) {
    expect(contentTypeOf(`u1/t1/a.${extensionOf(type)}`)).toBe(type);
  }
  expect(contentTypeOf('u1/no-extension')).toBe('application/octet-stream');
});

test('assertUserId keeps user ids fit for a path', () => {
  expect(() => assertUserId('u1_A-9')).not.toThrow();
  for (const id of ['', 'a/b', 'a.b', 'ä', 'a b', 'x'.repeat(129)]) {
    const refusal = { code: 'INVALID_INPUT', field: 'user' };
    expect(() => assertUserId(id, 'user'), id).toThrow(expect.objectContaining(refusal));
  }
});
