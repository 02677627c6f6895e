import type { Palette } from '../core/concept.ts';
import type { CallOptions } from './task-store.ts';

export interface PaletteRequest {
  readonly themeDescription: string;
  /** Used when the theme says nothing about colour. */
  readonly logoDescription: string;
  /** 1 to 20. */
  readonly count: number;
  readonly seed: number;
  /** Palettes that are in use already: the new ones must differ from them visibly. */
  readonly avoid?: readonly Palette[] | undefined;
}

export interface PaletteProviderFlags {
  /** Calls cost money: they are never repeated blindly. */
  readonly paid: boolean;
}

/** Makes named colour palettes: exactly `count`, with unique names and lower-case hex colours. */
export interface PaletteProvider {
  readonly name: string;
  readonly flags: PaletteProviderFlags;
  generate(request: PaletteRequest, options?: CallOptions): Promise<readonly Palette[]>;
}
