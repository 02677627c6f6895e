/**
 * Who may import whom, by folder under src/. The longest matching prefix counts; a folder may always import itself
 * (but see SEPARATE). Whatever is not listed is not allowed.
 */
export const LAYERS = {
  core: [],
  ports: ['core'],
  imaging: ['core'],
  stages: ['ports', 'core', 'imaging'],
  processors: ['stages', 'ports', 'core'],
  adapters: ['ports', 'core'],
  'adapters/images/builtin': ['ports', 'core', 'imaging'],
  sdk: ['ports', 'core'],
  worker: ['processors', 'config', 'ports', 'core'],
  config: ['core'],
  // The composition root (it hands the image check to the SDK) and the type of what it returns.
  'config/wire.ts': ['config', 'adapters', 'imaging', 'sdk', 'worker', 'ports', 'core'],
  'config/database.ts': ['config', 'adapters', 'core'],
  'config/pubsub-setup.ts': ['config', 'adapters', 'core'],
  'config/open-backends.ts': ['config', 'adapters', 'ports', 'core'],
  'config/examine.ts': ['config', 'ports', 'core'],
  'config/runtime.ts': ['config', 'adapters', 'sdk', 'worker', 'ports', 'core'],
  cli: ['sdk', 'config', 'core'],
  testing: ['adapters', 'sdk', 'worker', 'ports', 'core'],
  'index.ts': ['config', 'sdk', 'ports', 'core'],
};

/**
 * Neighbours that never import each other: each entry of these folders is one unit, a file with its folder of the same name.
 * `shared` is what they have in common.
 */
export const SEPARATE = [
  { folder: 'stages', depth: 1, name: 'stage', shared: ['stage'] },
  { folder: 'adapters', depth: 2, name: 'adapter', shared: [] },
];

/** Where each package may be imported. A new dependency gets its place here first. */
export const PACKAGES = {
  zod: ['core', 'config', 'cli', 'adapters'],
  sharp: ['imaging', 'adapters/images/builtin'],
  'ipaddr.js': ['adapters'],
  '@photostructure/sqlite': ['adapters/stores', 'adapters/queues'],
  'node:sqlite': ['adapters/stores', 'adapters/queues'],
  '@supabase/supabase-js': ['adapters'],
  '@google-cloud/pubsub': ['adapters'],
  pg: ['adapters'],
  'node:process': ['cli', 'config'],
  commander: ['cli'],
  ora: ['cli'],
  'cli-table3': ['cli'],
};

/** Vocabulary and contracts do no input or output: these are the only built-in modules they may use. */
export const PURE = { folders: ['core', 'ports'], builtins: ['node:crypto', 'node:util', 'node:zlib'] };
