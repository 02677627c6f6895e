import type { PaletteRole } from '../../../../core/concept.ts';
import { contrastRatio, deltaE } from '../../../../imaging/colour/oklab.ts';

/** A colour for each use, as `#rrggbb`. */
export type RoleColours = Readonly<Record<PaletteRole, string>>;

/** A recipe's wish for each use but `onPrimary`, which follows from the rest. */
export type RoleWish = Omit<RoleColours, 'onPrimary'>;

/** Roles in the order in which a palette lists its colours, most important first. */
export const LISTED_ROLES = [
  'bg',
  'primary',
  'secondary',
  'accent',
  'ink',
  'surface',
] as const satisfies readonly PaletteRole[];

const DISTANCE_WEIGHTS = { bg: 1.2, primary: 1.2, secondary: 0.8, accent: 0.8 } as const;

/** How far two palettes are apart: the OKLab distance of their roles, weighted by the area they cover. 0 is equal. */
export function paletteDistance(a: RoleColours, b: RoleColours): number {
  let sum = 0;
  let total = 0;
  for (const [role, weight] of Object.entries(DISTANCE_WEIGHTS) as [keyof typeof DISTANCE_WEIGHTS, number][]) {
    sum += weight * deltaE(a[role], b[role]);
    total += weight;
  }
  return sum / total;
}

/** The first colour that reads on a ground, or else the one that comes closest. */
export function readableOn(ground: string, candidates: readonly string[], minContrast = 4.5): string {
  const readable = candidates.find((colour) => contrastRatio(colour, ground) >= minContrast);
  if (readable !== undefined) return readable;
  return candidates.reduce((best, colour) =>
    contrastRatio(colour, ground) > contrastRatio(best, ground) ? colour : best,
  );
}
