import type { Palette, PaletteRole } from '../../../../core/concept.ts';
import { hexOfOklch, oklchOfHex, type Oklch } from '../../../../imaging/colour/oklab.ts';
import { hashText } from '../random/seeded-random.ts';
import { rolesOf } from '../palette/derive-roles.ts';
import { generatePalettes } from '../palette/generate-palettes.ts';
import { readTheme } from '../palette/read-theme.ts';
import { LISTED_ROLES, type RoleColours } from '../palette/role-colours.ts';
import { settleRoles } from '../palette/settle-roles.ts';
import type { BuiltinScene } from '../scene/builtin-scene.ts';
import { colourIn } from './colour-words.ts';
import type { EditOperation } from './operation.ts';

/** The scene in changed roles; the promises on contrast are kept. */
function withRoles(scene: BuiltinScene, wish: Partial<RoleColours>): BuiltinScene {
  const roles = settleRoles({ ...rolesOf(scene.palette), ...wish });
  const palette: Palette = { ...scene.palette, colors: LISTED_ROLES.map((role) => roles[role]), roles };
  return { ...scene, palette };
}

function mapRoles(scene: BuiltinScene, change: (colour: Oklch, role: PaletteRole) => Oklch): BuiltinScene {
  const roles = Object.entries(rolesOf(scene.palette)) as [PaletteRole, string][];
  return withRoles(
    scene,
    Object.fromEntries(roles.map(([role, hex]) => [role, hexOfOklch(change(oklchOfHex(hex), role))])),
  );
}

/** "darker background", "on white", "light backdrop": the ground and what lies on it change sides when needed. */
export const changeGround: EditOperation = (clause, scene) => {
  const isGround = /\b(background|backdrop|bg|mode|theme)\b/.test(clause);
  const wish = /\b(darker|dark|black)\b/.test(clause)
    ? 'dark'
    : /\b(lighter|light|brighter|bright|white)\b/.test(clause)
      ? 'light'
      : null;
  if (!isGround || wish === null) return null;
  const named = colourIn(clause);
  if (named !== null && /\b(black|white)\b/.test(clause)) return withGround(scene, named);
  if (named !== null) return null;
  const ground = oklchOfHex(rolesOf(scene.palette).bg);
  const isAlready = wish === 'dark' ? ground.l < 0.5 : ground.l > 0.6;
  const l =
    wish === 'dark'
      ? isAlready
        ? Math.max(0.08, ground.l - 0.09)
        : 0.19
      : isAlready
        ? Math.min(0.985, ground.l + 0.05)
        : 0.96;
  return withGround(scene, hexOfOklch({ l, c: Math.min(ground.c, wish === 'dark' ? 0.045 : 0.02), h: ground.h }));
};

function withGround(scene: BuiltinScene, bg: string): BuiltinScene {
  const { l, c, h } = oklchOfHex(bg);
  const isDark = l < 0.55;
  const surface = hexOfOklch({ l: isDark ? l + 0.09 : l - 0.06, c: Math.min(0.06, c + 0.015), h });
  return withRoles(scene, { bg, surface, ink: hexOfOklch({ l: isDark ? 0.95 : 0.2, c: 0.02, h }) });
}

/** "make it blue", "a teal background", "accent #ff8800". */
export const setColour: EditOperation = (clause, scene) => {
  const colour = colourIn(clause);
  if (colour === null) return null;
  if (/\b(background|backdrop|bg)\b/.test(clause)) return withGround(scene, colour);
  if (/\baccents?\b/.test(clause)) return withRoles(scene, { accent: colour });
  if (/\bsecondary\b/.test(clause)) return withRoles(scene, { secondary: colour });
  if (/\b(ink|outline|lines?)\b/.test(clause)) return withRoles(scene, { ink: colour });
  return withRoles(scene, { primary: colour });
};

const isField = (role: PaletteRole): boolean => role === 'bg' || role === 'surface' || role === 'ink';

/** "warmer", "more vivid", "muted", "more contrast". */
export const changeMood: EditOperation = (clause, scene) => {
  if (/\b(warmer|warm it up|warm colou?rs)\b/.test(clause)) return mapRoles(scene, (colour) => turnedTo(colour, 55));
  if (/\b(cooler|colder|cool colou?rs)\b/.test(clause)) return mapRoles(scene, (colour) => turnedTo(colour, 245));
  if (
    /\b(more (vivid|vibrant|saturated|colou?rful|intense)|vivid|vibrant|brighter|punchier|saturated)\b/.test(clause)
  ) {
    return mapRoles(scene, (colour, role) =>
      isField(role) ? colour : { ...colour, c: Math.min(0.27, colour.c * 1.4 + 0.02) },
    );
  }
  if (/\b(muted|mute|less (vivid|saturated|colou?rful)|softer colou?rs|desaturated?|calmer|pastel)\b/.test(clause)) {
    return mapRoles(scene, (colour) => ({ ...colour, c: colour.c * 0.55 }));
  }
  if (/\b(black and white|monochrome|gr[ae]yscale)\b/.test(clause))
    return mapRoles(scene, (colour) => ({ ...colour, c: 0 }));
  if (/\b(more|higher|stronger|increase) contrast\b/.test(clause)) {
    return mapRoles(scene, (colour, role) =>
      role === 'bg'
        ? { ...colour, l: colour.l < 0.55 ? 0.13 : 0.985 }
        : role === 'ink'
          ? { ...colour, l: colour.l < 0.55 ? 0.1 : 0.98 }
          : colour,
    );
  }
  if (/\bdarker\b/.test(clause))
    return mapRoles(scene, (colour) => ({ ...colour, l: Math.max(0.08, colour.l - 0.09) }));
  if (/\blighter\b/.test(clause))
    return mapRoles(scene, (colour) => ({ ...colour, l: Math.min(0.98, colour.l + 0.07) }));
  return null;
};

/** Turns a hue towards a target by at most 30 degrees. */
function turnedTo(colour: Oklch, target: number): Oklch {
  const turn = ((target - colour.h + 540) % 360) - 180;
  return { ...colour, c: Math.max(colour.c, 0.012), h: colour.h + Math.sign(turn) * Math.min(30, Math.abs(turn)) };
}

/** "in autumn colours", "make it look like a sunset": a new palette from theme words, in the scene's own light or dark. */
export const changeTheme: EditOperation = (clause, scene, library) => {
  const theme = readTheme(clause, '', library);
  const isAboutColour =
    /\b(colou?rs?|palette|tones?|mood|vibes?|shades?|hues|theme|look|feel|style|make it|more)\b/.test(clause);
  if (!isAboutColour || !theme.hits.some((hit) => hit.weight === 1)) return null;
  const wish = { theme: clause, logo: '', count: 1, seed: hashText(clause), avoid: [] };
  const [palette] = generatePalettes(wish, library);
  return palette === undefined ? null : { ...scene, palette };
};
