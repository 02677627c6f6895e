import { expect, it } from 'vitest';
import { cleanText } from '../../src/core/clean-text.ts';

it('takes out control and bidirectional characters, and space around the text', () => {
  expect(cleanText(' \u001b]0;a\u0007 fox\u009b\u202e \u2066\n')).toBe(']0;a fox');
});

it('leaves tabs, line breaks and everything printable within', () => {
  expect(cleanText('a\tb\nc 🦊 ğ')).toBe('a\tb\nc 🦊 ğ');
});
