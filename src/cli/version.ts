import { readFileSync } from 'node:fs';

/** The package's version. Its package.json is two folders up, from the sources as from the built chunks. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return String(version);
}
