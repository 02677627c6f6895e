import type { Library } from '../assets/library.ts';
import type { Motif } from '../assets/motif.ts';
import type { RoleColours } from '../palette/role-colours.ts';
import type { Random } from '../random/seeded-random.ts';
import type { SceneLayout } from '../scene/builtin-scene.ts';

/** What an archetype draws from. */
export interface DrawContext {
  readonly roles: RoleColours;
  readonly layout: SceneLayout;
  readonly hero: Motif | null;
  readonly second: Motif | null;
  readonly library: Library;
  /** Seeded by the scene alone: the palette never moves anything. */
  readonly random: Random;
}

/** Draws everything but the ground colour. */
export type ArchetypePainter = (context: DrawContext) => string;
