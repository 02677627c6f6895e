import { readFile } from 'node:fs/promises';
import { packageRoot } from './package-root.mjs';

/** Licences whose works may be shipped inside a user's logo without asking the user for anything. */
const ALLOWED = new Set(['MIT', 'ISC', 'Apache-2.0', 'CC0-1.0']);

/** Everything that ends up under assets/. `spdx` is only given for sources that are not installed packages. */
const SOURCES = [
  { family: 'fe', name: '@iconify-json/fluent-emoji-flat' },
  { family: 'fe', name: '@iconify-json/fluent-emoji-high-contrast' },
  { family: 'keywords', name: 'emojilib' },
  { family: 'colour-names', name: 'color-name-list', spdx: 'MIT' },
  { family: 'own', name: 'concept', spdx: 'MIT' },
];

/**
 * Reads each source's licence and compares it with the allow list.
 * @throws when a licence is not on it, or NOTICE does not name a source
 */
export async function checkLicences() {
  const notice = await readFile(new URL('../../NOTICE', import.meta.url), 'utf8');
  const families = [];
  for (const source of SOURCES) {
    const spdx = source.spdx ?? (await installedLicence(source.name));
    if (!ALLOWED.has(spdx)) throw new Error(`${source.name} has licence ${spdx}, which is not on the allow list`);
    if (!notice.includes(source.name)) throw new Error(`NOTICE does not name ${source.name}`);
    families.push({ family: source.family, name: source.name, licence: spdx });
  }
  return families;
}

async function installedLicence(name) {
  const manifest = JSON.parse(await readFile(new URL('package.json', packageRoot(name)), 'utf8'));
  return manifest.license;
}
