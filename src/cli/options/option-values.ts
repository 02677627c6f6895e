import { invalidInput } from '../../core/errors.ts';

/** Turns an option's text into its value, or throws an error that names the flag. */
type ValueParser<T> = (text: string, flag: string) => T;

/** An option that may be given once; commander itself would quietly take the last of two values. */
export function once<T>(flag: string, parse: ValueParser<T>): (text: string, previous: T | undefined) => T {
  return (text, previous) => {
    if (previous !== undefined) throw invalidInput(flag, 'is given twice', `give ${flag} once`);
    return parse(text, flag);
  };
}

export const text: ValueParser<string> = (value, flag) => {
  if (value.trim() === '') throw invalidInput(flag, 'must not be empty', `give ${flag} a value, or leave it out`);
  return value;
};

/** Digits only: "7x", "1e3" and "" are refused, not rounded into something else. */
export function whole(least: number, most: number): ValueParser<number> {
  return (value, flag) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw expected(flag, `a whole number from ${least} to ${most}`, value);
  };
}

/** Like {@link whole}, with a sign allowed. */
export function signed(least: number, most: number): ValueParser<number> {
  return (value, flag) => {
    const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw expected(flag, `a whole number from ${least} to ${most}`, value);
  };
}

/** A positive number of seconds, decimals allowed. */
export const seconds: ValueParser<number> = (value, flag) => {
  const number = /^\d{1,9}(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (number > 0) return number;
  throw expected(flag, 'a number of seconds above 0', value);
};

export function oneOf<const Choice extends string>(choices: readonly Choice[]): ValueParser<Choice> {
  return (value, flag) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    throw expected(flag, `one of ${choices.join(', ')}`, value);
  };
}

/** Comma-separated choices, each at least once. */
export function listOf<const Choice extends string>(choices: readonly Choice[]): ValueParser<readonly Choice[]> {
  const parseOne = oneOf(choices);
  return (value, flag) => [...new Set(value.split(',').map((part) => parseOne(part.trim(), flag)))];
}

export function expected(flag: string, what: string, received: string): Error {
  return invalidInput(flag, `expected ${what}, received ${JSON.stringify(received.slice(0, 80))}`);
}
