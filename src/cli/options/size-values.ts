import { expected } from './option-values.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};
const SIZE = /^(\d{1,15}(?:\.\d+)?) ?([a-z]*)$/i;

/** "2GB", "500 MB", "1.5GiB" or a number of bytes, in bytes. */
export function sizeBytes(value: string, flag: string): number {
  const [, amount, unit = ''] = SIZE.exec(value) ?? [];
  const factor = UNITS[unit.toUpperCase()];
  if (amount !== undefined && factor !== undefined) return Math.round(Number(amount) * factor);
  throw expected(flag, 'a size such as 500MB, 2GB or 1.5GiB', value);
}
