import type { Concept } from '../../core/concept.ts';
import type { OutputStream } from '../io.ts';
import { type Field, fieldLines } from './fields.ts';
import { paint } from './paint.ts';
import { printable } from './printable.ts';
import { swatches } from './swatch.ts';
import { table } from './table.ts';

/** A concept for the reader: what it is, its palettes, and where its files are. */
export async function conceptLines(
  concept: Concept,
  files: readonly string[],
  stream: OutputStream,
): Promise<readonly string[]> {
  const { image, refinement, scene } = concept;
  const fields: readonly Field[] = [
    ['concept', concept.id],
    ['logo', concept.logoDescription],
    ['theme', concept.themeDescription],
    ['shows', scene ? [scene.hero.label, scene.second?.label].filter(Boolean).join(', ') : null],
    ['image', `${image.width} x ${image.height}, ${image.contentType}`],
    ['refines', refinement ? (refinement.parentConceptId ?? refinement.originalImageUrl ?? 'an image file') : null],
    ['prompt', refinement?.prompt ?? null],
    ['applied', refinement?.applied.join(', ') ?? null],
    ['ignored', refinement?.ignored.join(', ') ?? null],
    ...concept.warnings.map((warning): Field => ['note', warning]),
  ];
  const palettes = stream.isTTY ? await paletteTable(concept, stream) : plainPalettes(concept);
  return [...fieldLines(fields, stream), ...palettes, ...fileLines(files, stream)];
}

async function paletteTable({ variations }: Concept, { colourLevel }: OutputStream): Promise<readonly string[]> {
  const { bold, dim } = paint(colourLevel);
  const rows = variations.map(({ palette }) => [bold(printable(palette.name)), swatches(palette.colors, colourLevel)]);
  return ['', await table(['PALETTE', 'COLOURS'], rows, dim)];
}

function plainPalettes({ variations }: Concept): readonly string[] {
  return variations.map(({ palette }) => `palette: ${printable(palette.name)}\t${palette.colors.join(' ')}`);
}

function fileLines(paths: readonly string[], stream: OutputStream): readonly string[] {
  const files = paths.map(printable);
  if (!stream.isTTY) return files.map((file) => `file: ${file}`);
  if (files.length === 0) return [];
  return ['', paint(stream.colourLevel).dim('FILES'), ...files];
}
