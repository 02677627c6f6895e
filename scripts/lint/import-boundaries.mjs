import { dirname, join, relative, sep } from 'node:path';
import { LAYERS, PACKAGES, PURE, SEPARATE } from './house-plan.mjs';

/** Imports follow the house plan: static, dynamic, re-exported and type-only ones alike. */
export const importBoundaries = {
  create(context) {
    const source = pathUnderSrc(context.cwd, context.filename);
    if (source === undefined) return {};
    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      const message = specifier.startsWith('.') ? checkFile(source, specifier) : checkPackage(source, specifier);
      if (message) context.report({ node, message });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
      TSImportType: check,
    };
  },
};

function pathUnderSrc(root, file) {
  const path = relative(root, file).split(sep).join('/');
  return path.startsWith('src/') ? path.slice('src/'.length) : undefined;
}

function checkFile(source, specifier) {
  const target = join(dirname(source), specifier).split(sep).join('/');
  if (target.startsWith('../')) return `src/${source} reaches outside src/.`;
  return checkLayer(source, target) ?? checkNeighbour(source, target);
}

function checkLayer(source, target) {
  const layer = longestPrefix(Object.keys(LAYERS), source);
  if (layer === undefined) return `src/${source} is in no layer: give it a place in scripts/lint/house-plan.mjs.`;
  const ownFolder = source.split('/')[0];
  if ([ownFolder, ...LAYERS[layer]].some((allowed) => covers(allowed, target))) return undefined;
  return `src/${source} must not import src/${target}: ${layer} may import ${LAYERS[layer].join(', ') || 'no other layer'}.`;
}

function checkNeighbour(source, target) {
  for (const { folder, depth, name, shared } of SEPARATE) {
    const [from, to] = [source, target].map((path) => unitOf(folder, depth, path));
    if (from === undefined || to === undefined || from === to || shared.includes(to)) continue;
    return `One ${name} must not import another: ${to}.`;
  }
  return undefined;
}

/** `adapters/stores/sqlite.ts` and `adapters/stores/sqlite/rows.ts` are the unit `stores/sqlite`; files above `depth` are shared helpers. */
function unitOf(folder, depth, path) {
  if (!covers(folder, path)) return undefined;
  const parts = path.slice(folder.length + 1).split('/');
  if (parts.length < depth) return undefined;
  return parts.slice(0, depth).join('/').replace(/\.ts$/, '');
}

function checkPackage(source, specifier) {
  const builtin = specifier.startsWith('node:');
  const pure = PURE.folders.some((folder) => covers(folder, source));
  if (builtin && pure && !PURE.builtins.includes(specifier)) {
    return `src/${source} must not import ${specifier}: ${PURE.folders.join(' and ')} do no input or output.`;
  }
  const places = PACKAGES[specifier];
  if (places === undefined)
    return builtin ? undefined : `${specifier} has no place in scripts/lint/house-plan.mjs yet.`;
  if (places.some((place) => covers(place, source))) return undefined;
  return `src/${source} must not import ${specifier}: it belongs to ${places.join(', ')}.`;
}

function longestPrefix(prefixes, path) {
  return prefixes.filter((prefix) => covers(prefix, path)).sort((a, b) => b.length - a.length)[0];
}

function covers(prefix, path) {
  return path === prefix || path.startsWith(`${prefix}/`);
}
