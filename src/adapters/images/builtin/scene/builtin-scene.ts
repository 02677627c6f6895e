import type { Palette, Scene } from '../../../../core/concept.ts';
import type { BadgeShape } from '../draw/shapes.ts';

/** How a picture is composed. */
export type Archetype = 'scene' | 'knockout' | 'medallion' | 'rays' | 'tiles' | 'rosette' | 'abstract';

export type Terrain =
  | 'mountains'
  | 'hills'
  | 'field'
  | 'forest'
  | 'sea'
  | 'lake'
  | 'dunes'
  | 'city'
  | 'jungle'
  | 'underwater'
  | 'space';

export type SkyFeature = 'sun' | 'moon' | 'crescent' | 'stars' | 'clouds' | 'snow' | 'rain';

export type Ornament = 'stars' | 'sparkles' | 'laurel' | 'ring' | 'frame';

/** A thing in the picture: its name, and the drawing in the catalogue; null where the picture is an abstract mark. */
export interface SceneMotif {
  readonly label: string;
  readonly motif: string | null;
  readonly [field: string]: unknown;
}

export interface SceneLayout {
  readonly shape: BadgeShape;
  /** Recoloured artwork, or one colour with the details cut out. */
  readonly finish: 'flat' | 'mono';
  readonly terrain: readonly Terrain[];
  readonly sky: readonly SkyFeature[];
  readonly ornaments: readonly Ornament[];
  /** Whether the scene is drawn at night; `auto` follows the palette. */
  readonly time: 'auto' | 'day' | 'night';
  /** Size of the hero, 1 is normal. */
  readonly scale: number;
  /** Thickness of lines, 1 is normal. */
  readonly weight: number;
  readonly flip: boolean;
}

/** Everything needed to draw a picture again, in any palette. */
export interface BuiltinScene extends Scene {
  readonly provider: 'builtin';
  readonly version: 1;
  readonly archetype: Archetype;
  readonly hero: SceneMotif;
  readonly second: SceneMotif | null;
  readonly palette: Palette;
  /** Seeds the details of terrain, sky and tiles; edits leave it alone, so that nothing else moves. */
  readonly drawSeed: number;
  readonly prompt: { readonly logo: string; readonly theme: string };
  readonly layout: SceneLayout;
  /** Edits so far, oldest first: each prompt with the clauses that were carried out. */
  readonly history: readonly { readonly prompt: string; readonly applied: readonly string[] }[];
}
