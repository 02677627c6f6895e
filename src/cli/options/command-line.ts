import { shellWord } from '../../core/shell-word.ts';

/** A command line with flags to paste: those that have no value are left out, `maxBytes` becomes `--max-bytes`. */
export function commandLine(command: string, flags: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  const words = given.map(([name, value]) => `${flagOf(name)} ${shellWord(String(value))}`);
  return [command, ...words].join(' ');
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
