import type { Palette } from '../core/concept.ts';
import type { PaletteProvider, PaletteProviderFlags, PaletteRequest } from '../ports/palette-provider.ts';
import { createScript, type ScriptedFailure, type ScriptedTiming } from './script.ts';

/** The call answers with these palettes; left out, with as many as were asked for. */
export interface ScriptedPalettes extends ScriptedTiming {
  readonly palettes?: readonly Palette[];
}

export interface ScriptedPaletteProvider extends PaletteProvider {
  /** Every request so far, in order, also those that failed. */
  readonly calls: readonly PaletteRequest[];
}

/**
 * A palette provider that answers from a script, one answer per call; without a script it always answers.
 * @param options.flags default `{ paid: false }`.
 */
export function scriptedPaletteProvider(
  answers?: readonly (ScriptedPalettes | ScriptedFailure)[],
  options: { readonly name?: string; readonly flags?: Partial<PaletteProviderFlags> } = {},
): ScriptedPaletteProvider {
  const { name = 'scripted' } = options;
  const script = createScript<ScriptedPalettes>(`palette provider ${name}`, answers);
  const calls: PaletteRequest[] = [];
  return {
    name,
    flags: { paid: false, ...options.flags },
    calls,
    async generate(request, call) {
      calls.push(request);
      return (await script.next(call?.signal))?.palettes ?? palettesFor(request);
    },
  };
}

/** Palettes of unlike colours whose names and colours none of `avoid` has. */
function palettesFor({ count, avoid = [] }: PaletteRequest): Palette[] {
  const taken = new Set(avoid.map(({ name }) => name));
  const palettes: Palette[] = [];
  for (let number = 1; palettes.length < count; number += 1) {
    const palette = paletteOf(number);
    if (!taken.has(palette.name)) palettes.push(palette);
  }
  return palettes;
}

function paletteOf(number: number): Palette {
  const channel = (step: number): string => ((number * step) % 256).toString(16).padStart(2, '0');
  const strong = `#${channel(97)}${channel(151)}${channel(211)}`;
  const second = `#${channel(61)}${channel(37)}${channel(173)}`;
  return { name: `Scripted ${number}`, colors: [strong, second, '#f4f4f0', '#1c1c1e'], description: 'from the script' };
}
