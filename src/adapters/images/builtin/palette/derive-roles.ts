import type { Palette } from '../../../../core/concept.ts';
import { contrastRatio, hexOfOklch, mixHex, oklchOfHex } from '../../../../imaging/colour/oklab.ts';
import { settleRoles } from './settle-roles.ts';
import type { RoleColours } from './role-colours.ts';

/**
 * The roles of a palette: its own, or for a palette that only lists colours, roles chosen from them: the lightest or
 * darkest as ground, what stands out most as ink, the rest by chroma. The promises on contrast are kept either way.
 */
export function rolesOf(palette: Palette): RoleColours {
  const { roles } = palette;
  if (roles !== undefined && Object.values(roles).every(isHex)) return roles;
  return derived(palette.colors.map((colour) => colour.toLowerCase()).filter(isHex));
}

/** Colours are written into pictures as they are: nothing else may pass. */
const isHex = (colour: string): boolean => /^#[0-9a-f]{6}$/.test(colour);

function derived(colours: readonly string[]): RoleColours {
  const known = colours.length > 0 ? [...new Set(colours)] : ['#f4f1ea', '#2f4a5b'];
  const bg = groundOf(known);
  const rest = known.filter((hex) => hex !== bg);
  const byChroma = rest.toSorted((a, b) => oklchOfHex(b).c - oklchOfHex(a).c);
  const ink = rest.toSorted((a, b) => contrastRatio(b, bg) - contrastRatio(a, bg))[0] ?? bg;
  const [first = ink, second = first, third = second] = byChroma;
  return settleRoles({
    bg,
    surface: mixHex(bg, first, 0.14),
    primary: first,
    secondary: second,
    accent: third,
    ink: toned(ink, bg),
  });
}

/** The first colour is meant as the ground when it is clearly light or dark; mid-tones make poor grounds. */
function groundOf(colours: readonly string[]): string {
  const extreme = (hex: string): number => Math.abs(oklchOfHex(hex).l - 0.55) - oklchOfHex(hex).c;
  const first = colours[0] ?? '#ffffff';
  if (extreme(first) > 0.22) return first;
  return colours.reduce((best, hex) => (extreme(hex) > extreme(best) ? hex : best), first);
}

const toned = (ink: string, bg: string): string => {
  const { c, h } = oklchOfHex(ink);
  return hexOfOklch({ l: oklchOfHex(bg).l < 0.55 ? 0.95 : 0.2, c: Math.min(c, 0.04), h });
};
