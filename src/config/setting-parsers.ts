/** How a setting's text becomes its value; the problem is a sentence about what was expected. */
export type SettingParser<T> = (text: string) => { readonly value: T } | { readonly problem: string };

export function choice<const Choice extends string>(...choices: readonly Choice[]): SettingParser<Choice> {
  return (text) => {
    const value = choices.find((candidate) => candidate === text);
    return value === undefined ? { problem: `expected one of ${choices.join(', ')}` } : { value };
  };
}

export function number(least: number, most: number): SettingParser<number> {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    return value >= least && value <= most ? { value } : { problem: `expected a number from ${least} to ${most}` };
  };
}

export function whole(least: number, most: number): SettingParser<number> {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most
      ? { value }
      : { problem: `expected a whole number from ${least} to ${most}` };
  };
}

export function onOff(text: string): { readonly value: boolean } | { readonly problem: string } {
  if (['on', 'true', '1'].includes(text)) return { value: true };
  if (['off', 'false', '0'].includes(text)) return { value: false };
  return { problem: 'expected on or off' };
}

export function autoOrWhole(least: number, most: number): SettingParser<number | 'auto'> {
  const parse = whole(least, most);
  return (text) => {
    if (text === 'auto') return { value: text };
    const parsed = parse(text);
    return 'value' in parsed ? parsed : { problem: `expected auto or ${parsed.problem.replace(/^expected /, '')}` };
  };
}

/** Text of a form that `expected` describes. */
export function matching(form: RegExp, expected: string): SettingParser<string> {
  return (text) => (form.test(text) ? { value: text } : { problem: `expected ${expected}` });
}

/** An address without a trailing slash; one of the web may name no user, as it is no secret. */
export function address(protocols: readonly string[], example: string): SettingParser<string> {
  return (text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !protocols.includes(url.protocol)) return { problem: `expected an address like ${example}` };
    if (url.protocol.startsWith('http') && url.username + url.password !== '') {
      return { problem: `expected an address like ${example}, without user and password` };
    }
    return { value: text.replace(/\/+$/, '') };
  };
}
