import { expect, test } from 'vitest';
import { jsonCopy } from '../../src/core/json-copy.ts';

class Point {
  readonly x = 1;
  toJSON(): object {
    return { at: this.x };
  }
}

test.each([
  ['texts, numbers, booleans and nulls', { a: 'x', b: 1.5, c: true, d: null }],
  ['nothing', {}],
  ['half of a surrogate pair', { a: '\ud800' }],
  ['keys that are numbers', { 2: 'b', 1: 'a' }],
  ['a field that is not there', { a: undefined, b: 1 }],
  ['minus zero', { a: -0 }],
  ['numbers that JSON does not know', { a: Number.NaN, b: Number.POSITIVE_INFINITY }],
  ['objects and lists', { a: { b: [1, { c: null }] } }],
  ['a date', { a: new Date(0) }],
  ['an object with a JSON form of its own', new Point()],
  ['a list', [1, undefined]],
])('gives what JSON would give back: %s', (_, value) => {
  const json = JSON.stringify(value);
  expect(jsonCopy(value, json)).toStrictEqual(JSON.parse(json));
});

test('is a copy: what changes later in the original does not change in it', () => {
  const flat = { a: 1 };
  const deep = { a: { b: 1 } };
  const copies = [flat, deep].map((value) => jsonCopy(value, JSON.stringify(value)));
  flat.a = 2;
  deep.a.b = 2;
  expect(copies).toEqual([{ a: 1 }, { a: { b: 1 } }]);
});
