export { builtinImageProvider } from './builtin-image-provider.ts';
export { builtinPaletteProvider } from './builtin-palette-provider.ts';
