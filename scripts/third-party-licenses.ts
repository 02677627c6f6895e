import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Options } from 'tsup';

type EsbuildPlugin = NonNullable<Options['esbuildPlugins']>[number];

const PACKAGE_OF_INPUT = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;
const LICENSE_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * Writes the name, version and licence text of every package that was bundled into `fileName` in the output folder:
 * a bundle is a copy, and these licences ask that their text travels with copies.
 * The build fails when a bundled package has no licence text.
 */
export function thirdPartyLicenses(fileName: string): EsbuildPlugin {
  return {
    name: 'third-party-licenses',
    setup(build) {
      build.initialOptions.metafile = true;
      build.onEnd((result) => {
        const folder = build.initialOptions.outdir;
        if (!result.metafile || folder === undefined) return;
        const text = bundledPackages(Object.keys(result.metafile.inputs)).map(describePackage).join('\n\n');
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, fileName), `${text}\n`);
      });
    },
  };
}

/** The folders of the packages that the given input files belong to, sorted, each once. */
function bundledPackages(inputs: readonly string[]): string[] {
  const folders = inputs.map((input) => PACKAGE_OF_INPUT.exec(input)?.[1]).filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

function describePackage(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const texts = readdirSync(folder).filter((name) => LICENSE_FILE.test(name));
  if (texts.length === 0) throw new Error(`${manifest.name} is bundled but ships no licence text: do not bundle it.`);
  const title = `${manifest.name} ${manifest.version} (${manifest.license ?? 'licence below'})`;
  return [
    title,
    '-'.repeat(title.length),
    ...texts.map((name) => readFileSync(join(folder, name), 'utf8').trim()),
  ].join('\n');
}
