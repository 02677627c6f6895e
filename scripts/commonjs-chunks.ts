import { transform } from 'esbuild';
import type { Options } from 'tsup';

type TsupPlugin = NonNullable<Options['plugins']>[number];

const IMPORT_META_URL = 'import_meta_url';

/**
 * Turns every chunk of a split ES module build into CommonJS: dynamic imports become a `require` that runs on use.
 * esbuild splits ES modules alone, and tsup's own conversion of its chunks to CommonJS breaks on class fields.
 */
export function commonJsChunks(): TsupPlugin {
  return {
    name: 'commonjs-chunks',
    async renderChunk(code) {
      const { code: commonJs } = await transform(code, {
        format: 'cjs',
        platform: 'node',
        target: 'node20',
        minify: true,
        // Without it `import()` stays as it is, and the first use starts Node's second module loader.
        supported: { 'dynamic-import': false },
        define: { 'import.meta.url': IMPORT_META_URL },
      });
      return { code: withModuleUrl(commonJs) };
    },
  };
}

/** CommonJS has no `import.meta.url`: the chunks that ask for it get the same thing from `__filename`. */
function withModuleUrl(code: string): string {
  if (!code.includes(IMPORT_META_URL)) return code;
  return `const ${IMPORT_META_URL}=require('node:url').pathToFileURL(__filename).href;${code}`;
}
