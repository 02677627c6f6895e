import type { Palette, Scene } from '../core/concept.ts';
import type {
  EditedImage,
  EditImageRequest,
  GeneratedImage,
  GenerateImageRequest,
  ImageProvider,
  ImageProviderFlags,
} from '../ports/image-provider.ts';
import { createScript, type ScriptedFailure, type ScriptedTiming } from './script.ts';
import { type Rgb, tinyPng } from './tiny-png.ts';

/** The call answers with a picture; what is left out is filled in with a small PNG that no other call gave. */
export interface ScriptedImage extends ScriptedTiming {
  readonly image: Partial<EditedImage>;
}

export type ImageCall =
  | { readonly method: 'generate'; readonly request: GenerateImageRequest }
  | { readonly method: 'edit'; readonly request: EditImageRequest }
  | { readonly method: 'render'; readonly request: { readonly scene: Scene; readonly palette: Palette } };

export interface ScriptedImageProvider extends ImageProvider {
  /** Every call so far, in order, also those that failed. */
  readonly calls: readonly ImageCall[];
}

const SIZE = 64;

/**
 * An image provider that answers from a script, one answer per `generate` or `edit` call; without a script it always answers
 * with a picture. `render` draws the palette's colours and takes nothing from the script.
 * @param options.flags default `{ scenes: false, paid: false }`.
 * @example
 * scriptedImageProvider([{ error: new ConceptError('PROVIDER_FAILED', 'try again') }, { image: {}, delayMs: 50 }])
 */
export function scriptedImageProvider(
  answers?: readonly (ScriptedImage | ScriptedFailure)[],
  options: { readonly name?: string; readonly flags?: Partial<ImageProviderFlags> } = {},
): ScriptedImageProvider {
  const { name = 'scripted' } = options;
  const script = createScript<ScriptedImage>(`image provider ${name}`, answers);
  const calls: ImageCall[] = [];

  const answer = async (call: ImageCall, signal: AbortSignal | undefined): Promise<EditedImage> => {
    calls.push(call);
    const index = calls.length;
    return { ...defaultImage(index), ...(await script.next(signal))?.image };
  };

  return {
    name,
    flags: { scenes: false, paid: false, ...options.flags },
    calls,
    async generate(request, call): Promise<GeneratedImage> {
      const {
        applied: _applied,
        ignored: _ignored,
        ...image
      } = await answer({ method: 'generate', request }, call?.signal);
      return image;
    },
    edit: (request, call) => answer({ method: 'edit', request }, call?.signal),
    async render(scene, palette) {
      calls.push({ method: 'render', request: { scene, palette } });
      const colours = palette.colors.map(rgbOf);
      return tinyPng(SIZE, SIZE, (x) => colours[Math.floor((x * colours.length) / SIZE)] ?? [0, 0, 0]);
    },
  };
}

function defaultImage(index: number): EditedImage {
  const bytes = badge(index);
  return { bytes, contentType: 'image/png', scene: null, warnings: [], applied: ['scripted'], ignored: [] };
}

/** A square on a ground, in three colours that depend on the index: something for a palette to recolour. */
function badge(index: number): Uint8Array {
  const shade = (step: number): number => (index * step) % 200;
  const ground: Rgb = [240, 240 - (index % 40), 235];
  const frame: Rgb = [shade(53), 90, shade(101)];
  const middle: Rgb = [200, shade(29), shade(67)];
  return tinyPng(SIZE, SIZE, (x, y) => {
    const fromCentre = Math.max(Math.abs(x - SIZE / 2), Math.abs(y - SIZE / 2));
    if (fromCentre < SIZE / 8) return middle;
    return fromCentre < SIZE / 3 ? frame : ground;
  });
}

function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
