import { hexOfOklch, oklchOfHex, type Oklch } from '../../../../imaging/colour/oklab.ts';
import { hueDistance } from '../palette/anchors.ts';
import type { RoleColours } from '../palette/role-colours.ts';

/** Colours of a landscape: layers grow darker towards the viewer, as air makes far things pale. */
export interface SceneColours {
  readonly night: boolean;
  readonly skyTop: string;
  readonly skyBottom: string;
  readonly far: string;
  readonly mid: string;
  readonly near: string;
  readonly ground: string;
  /** Snow, clouds, foam. */
  readonly light: string;
  /** Sun or moon. */
  readonly disc: string;
  readonly glow: string;
}

const colour = (l: number, c: number, h: number): string => hexOfOklch({ l, c, h });
const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

/** A landscape's colours from a palette: its hues, with the lightness of day or night. */
export function sceneColours(roles: RoleColours, night: boolean): SceneColours {
  const [primary, secondary, accent] = [roles.primary, roles.secondary, roles.accent].map(oklchOfHex) as [
    Oklch,
    Oklch,
    Oklch,
  ];
  const base = primary.c > 0.03 ? primary : secondary.c > 0.03 ? secondary : { ...primary, c: 0.02 };
  const sky = secondary.c > 0.03 ? secondary : base;
  const land = clamp(base.c, 0.025, 0.12);
  const air = clamp(sky.c, 0.02, 0.1);
  if (night) {
    return {
      night,
      skyTop: colour(0.2, land * 0.55, base.h),
      skyBottom: colour(0.4, land * 0.95, base.h),
      far: colour(0.36, land * 0.8, base.h),
      mid: colour(0.285, land * 0.7, base.h),
      near: colour(0.215, land * 0.6, base.h),
      ground: colour(0.15, land * 0.45, base.h),
      light: colour(0.95, 0.025, accent.h),
      disc: colour(0.93, Math.min(0.09, accent.c * 0.6 + 0.02), moonHue(accent)),
      glow: colour(0.62, Math.min(0.12, air + 0.02), sky.h),
    };
  }
  return {
    night,
    skyTop: colour(0.9, air * 0.5, sky.h),
    skyBottom: colour(0.955, air * 0.35, accent.c > 0.04 ? accent.h : sky.h),
    far: colour(0.76, land * 0.6, base.h),
    mid: colour(0.6, land * 0.85, base.h),
    near: colour(0.45, land, base.h),
    ground: colour(0.31, land * 0.8, base.h),
    light: colour(0.975, 0.012, base.h),
    disc: sunColour([primary, secondary, accent]),
    glow: colour(0.9, 0.05, accent.h),
  };
}

/** A green or pink moon looks wrong; only warm and blue accents tint it. */
const moonHue = (accent: Oklch): number =>
  accent.c > 0.03 && (hueDistance(accent.h, 75) < 50 || hueDistance(accent.h, 260) < 40) ? accent.h : 85;

/** The palette's hue nearest to a sun's; without a warm one the sun is cream. */
function sunColour(colours: readonly Oklch[]): string {
  const warm = colours
    .filter((one) => one.c > 0.05 && hueDistance(one.h, 65) < 36)
    .sort((a, b) => hueDistance(a.h, 65) - hueDistance(b.h, 65))[0];
  return warm === undefined ? colour(0.99, 0.012, 85) : colour(0.8, clamp(warm.c, 0.09, 0.15), warm.h);
}
