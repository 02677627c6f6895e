import { contrastRatio, hexOfOklch, mixHex, oklchOfHex, type Oklch } from '../../../../imaging/colour/oklab.ts';
import type { Motif } from '../assets/motif.ts';
import { hueDistance } from '../palette/anchors.ts';

/** What a motif may be painted with. */
export interface Paints {
  /** Two or three colours for the motif's main areas, preferred first. */
  readonly colours: readonly string[];
  /** For whites and blacks of the artwork. */
  readonly light: string;
  readonly dark: string;
  /** What the motif lies on; its largest area must stand out from it. */
  readonly ground: string;
}

interface SourceColour extends Oklch {
  readonly hex: string;
  readonly area: number;
}

/** Shades of one hue that are recoloured together. */
interface ColourGroup {
  readonly members: readonly SourceColour[];
  readonly area: number;
  readonly isGrey: boolean;
}

/** Chroma below which a colour counts as grey. */
const GREY_CHROMA = 0.045;
const SAME_HUE_DEGREES = 32;
const SAME_LIGHTNESS = 0.34;
/** Lightness differences within a group are kept nearly whole: they are the artwork's light and shade. */
const RELIEF = 0.92;
/** Cream or ink instead of a natural hue: better than green bread, worse than a near hue. */
const NEUTRAL_COST = 0.22;
/** Meals in unnatural colours look spoilt, animals strange; a tool may have any colour. */
const NATURE: Partial<Record<Motif['kind'], number>> = { food: 1.7, plant: 1.5, people: 1.4, animal: 1.15 };

/** Which of the paints each group takes: the order in which natural hues are kept when the palette has them. */
export function assignPaints(motif: Motif, paints: Paints): readonly string[] {
  const groups = groupsOf(sourceColours(motif));
  return groups.length === 0 ? paints.colours : bestOrder(groups, paints, NATURE[motif.kind] ?? 1);
}

/** The motif's body in a palette's colours; light and shade within each area stay. */
export function recolourBody(motif: Motif, body: string, paints: Paints, order = assignPaints(motif, paints)): string {
  const colours = sourceColours(motif);
  const groups = groupsOf(colours);
  const repainted = new Map<string, string>();
  groups.forEach((group, rank) => {
    const isSkin = motif.kind === 'people' && isSkinGroup(group);
    repaintGroup(group, isSkin ? 0 : rank, isSkin ? [SKIN] : order, repainted);
  });
  for (const colour of colours) {
    if (!repainted.has(colour.hex)) repainted.set(colour.hex, greyFor(colour, paints));
  }
  return body.replace(/#[0-9a-f]{6}\b|#[0-9a-f]{3}\b/gi, (hex) => repainted.get(longHex(hex)) ?? hex);
}

/** The artwork's yellow skin becomes a soft tan in every palette: green and violet people look ill. */
const SKIN = '#d9a986';

function isSkinGroup({ members, isGrey }: ColourGroup): boolean {
  const lead = members[0];
  return !isGrey && lead !== undefined && lead.l > 0.72 && hueDistance(lead.h, 82) < 24;
}

function sourceColours(motif: Motif): SourceColour[] {
  const colours = motif.flat.colours.map(([hex, area]) => ({ hex, area: Math.max(area, 0.0005), ...oklchOfHex(hex) }));
  return motif.kind === 'animal' && isMostlyWhite(colours) ? colours.map(withPlainBlack) : colours;
}

function isMostlyWhite(colours: readonly SourceColour[]): boolean {
  return areaOf(colours.filter(({ l, c }) => l > 0.85 && c <= GREY_CHROMA)) > areaOf(colours) / 2;
}

/** The artwork tints the black of a panda or a badger; in any other colour than black it would be another animal. */
function withPlainBlack(colour: SourceColour): SourceColour {
  if (colour.l > 0.52 || colour.c > 0.14) return colour;
  // The lighter patches stay lighter: eyes lie on them.
  return { ...colour, c: 0, l: colour.l < 0.42 ? colour.l * 0.75 : colour.l };
}

function longHex(hex: string): string {
  const lower = hex.toLowerCase();
  return lower.length === 4 ? lower.replace(/[0-9a-f]/g, '$&$&') : lower;
}

const areaOf = (colours: readonly SourceColour[]): number => colours.reduce((sum, colour) => sum + colour.area, 0);

function groupsOf(colours: readonly SourceColour[]): ColourGroup[] {
  const chromatic = colours.filter((colour) => colour.c > GREY_CHROMA).sort((a, b) => b.area - a.area);
  const greys = colours.filter((colour) => colour.c <= GREY_CHROMA);
  const clusters: SourceColour[][] = [];
  for (const colour of chromatic) {
    const home = clusters.find(([first]) => first !== undefined && belongsTo(colour, first));
    if (home === undefined) clusters.push([colour]);
    else home.push(colour);
  }
  const groups = clusters
    .map((members): ColourGroup => ({ members, area: areaOf(members), isGrey: false }))
    .sort((a, b) => b.area - a.area);
  // A mostly grey thing (a wrench, an elephant) would stay colourless: its mid greys take the main colour.
  const midGreys = greys.filter((grey) => grey.l > 0.3 && grey.l < 0.93);
  if (areaOf(greys) > areaOf(chromatic) * 1.6 && areaOf(midGreys) > 0.12) {
    groups.unshift({ members: midGreys, area: areaOf(midGreys), isGrey: true });
  }
  return groups;
}

function belongsTo(colour: SourceColour, first: SourceColour): boolean {
  return hueDistance(first.h, colour.h) < SAME_HUE_DEGREES && Math.abs(first.l - colour.l) < SAME_LIGHTNESS;
}

function bestOrder(groups: readonly ColourGroup[], paints: Paints, nature: number): readonly string[] {
  const base = paints.colours.slice(0, 4);
  const total = groups.reduce((sum, group) => sum + group.area, 0);
  let best: { order: readonly string[]; cost: number } | undefined;
  for (const permutation of permutations(base)) {
    const order = permutation.slice(0, 3);
    const cost =
      orderCost(order, groups, { total, ground: paints.ground, nature }) + base.indexOf(order[0] ?? '') * 0.03;
    if (best === undefined || cost < best.cost) best = { order, cost };
  }
  return best?.order ?? base;
}

interface OrderContext {
  readonly total: number;
  readonly ground: string;
  /** How much keeping natural hues matters. */
  readonly nature: number;
}

function orderCost(order: readonly string[], groups: readonly ColourGroup[], context: OrderContext): number {
  const { total, ground, nature } = context;
  let cost = 0;
  groups.slice(0, order.length).forEach((group, rank) => {
    const hex = order[rank] as string;
    const paint = oklchOfHex(hex);
    const lead = group.members[0] as SourceColour;
    const share = group.area / total;
    const turn = group.isGrey ? 60 : hueDistance(paint.h, lead.h);
    cost += share * nature * (paint.c > GREY_CHROMA ? turn / 180 : neutralCost(paint, lead));
    if (!group.isGrey) cost += share * Math.abs(paint.l - lead.l) * 0.25;
    if (rank === 0) cost += Math.max(0, 2 - contrastRatio(hex, ground)) * 0.9 * share;
  });
  return cost;
}

/** Cream bread is bread; a panda's dark patches must not become cream, nor bread black. */
function neutralCost(paint: Oklch, lead: Oklch): number {
  if (lead.l < 0.45 && paint.l > 0.75) return NEUTRAL_COST + 0.7;
  return NEUTRAL_COST + Math.abs(paint.l - lead.l) * (paint.l > lead.l ? 0.2 : 0.6);
}

function permutations(items: readonly string[]): (readonly string[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

function repaintGroup(
  group: ColourGroup,
  rank: number,
  order: readonly string[],
  repainted: Map<string, string>,
): void {
  const target = oklchOfHex(order[Math.min(rank, order.length - 1)] as string);
  const area = areaOf(group.members);
  const mean = (key: 'l' | 'c'): number => group.members.reduce((sum, one) => sum + one[key] * one.area, 0) / area;
  const [meanLightness, meanChroma] = [mean('l'), mean('c')];
  const surplus = Math.max(0, rank - order.length + 1);
  for (const colour of group.members) {
    const shift = 0.1 * surplus * (target.l > 0.55 ? -1 : 1);
    const l = Math.min(0.965, Math.max(0.1, target.l + (colour.l - meanLightness) * RELIEF + shift));
    const factor = group.isGrey ? 1 : Math.min(1.25, Math.max(0.55, colour.c / Math.max(0.02, meanChroma)));
    repainted.set(colour.hex, hexOfOklch({ l, c: target.c * factor * (l > 0.9 ? 0.6 : 1), h: target.h }));
  }
}

function greyFor(grey: SourceColour, { light, dark }: Paints): string {
  if (grey.l > 0.62) return mixHex(dark, light, Math.min(1, (grey.l - 0.1) / 0.88));
  return mixHex(dark, light, grey.l < 0.4 ? grey.l * 0.12 : grey.l * 0.8);
}
