import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/core/input-hash.ts';

test('is the same whatever order the keys were written in', () => {
  const one = { b: 1, a: { d: [1, { y: 2, x: 1 }], c: null } };
  const other = { a: { c: null, d: [1, { x: 1, y: 2 }] }, b: 1 };
  expect(canonicalJson(one)).toBe('{"a":{"c":null,"d":[1,{"x":1,"y":2}]},"b":1}');
  expect(canonicalJson(other)).toBe(canonicalJson(one));
});

test('keeps the order of lists and the difference between types', () => {
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  expect(canonicalJson({ a: '1' })).not.toBe(canonicalJson({ a: 1 }));
  expect(canonicalJson({ a: null })).not.toBe(canonicalJson({}));
});

test('drops undefined fields as JSON does', () => {
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  expect(canonicalJson([undefined])).toBe('[null]');
});

test('is JSON that reads back', () => {
  const value = { text: 'ü "quoted" \n', list: [true, 1.5, -0, ''], nested: {} };
  expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
});
