import type { BadgeShape } from '../draw/shapes.ts';
import type { Archetype, BuiltinScene } from '../scene/builtin-scene.ts';
import { withLayout, type EditOperation } from './operation.ts';

const SHAPE_WORDS: readonly (readonly [RegExp, BadgeShape])[] = [
  [/\b(rounded square|squircle|app icon|square)\b/, 'squircle'],
  [/\b(circle|circular|round|roundel)\b/, 'circle'],
  [/\b(shield|crest)\b/, 'shield'],
  [/\bhexagon(al)?\b/, 'hexagon'],
  [/\boctagon(al)?\b/, 'octagon'],
  [/\b(diamond|rhombus)\b/, 'diamond'],
  [/\b(arch|arched|window)\b/, 'arch'],
  [/\b(scallop(ed)?|stamp)\b/, 'scallop'],
  [/\b(blob|organic shape|pebble)\b/, 'blob'],
  [/\b(drop|teardrop)\b/, 'drop'],
  [/\bheart\b/, 'heart'],
];

/** From angular to round. */
const ROUNDNESS: readonly BadgeShape[] = [
  'diamond',
  'shield',
  'hexagon',
  'octagon',
  'arch',
  'squircle',
  'scallop',
  'blob',
  'circle',
];

/** "make it rounder", "in a shield", "hexagon shape". Compositions without a badge become one. */
export const changeShape: EditOperation = (clause, scene) => {
  if (/\b(rounder|more round(ed)?|softer|curvier|softer (corners|edges))\b/.test(clause))
    return reshaped(scene, step(scene, 2));
  if (/\b(sharper|more angular|edgier|pointier|less round(ed)?)\b/.test(clause))
    return reshaped(scene, step(scene, -2));
  const named = SHAPE_WORDS.find(([pattern]) => pattern.test(clause));
  return named === undefined ? null : reshaped(scene, named[1]);
};

function step({ layout }: BuiltinScene, by: number): BadgeShape {
  const index = ROUNDNESS.indexOf(layout.shape);
  const target = Math.min(ROUNDNESS.length - 1, Math.max(0, (index < 0 ? 4 : index) + by));
  return ROUNDNESS[target] as BadgeShape;
}

function reshaped(scene: BuiltinScene, shape: BadgeShape): BuiltinScene {
  const hasBadge = scene.archetype === 'scene' || scene.archetype === 'knockout' || scene.archetype === 'abstract';
  return withLayout(hasBadge ? scene : { ...scene, archetype: 'knockout' }, { shape });
}

const LAYOUT_WORDS: readonly (readonly [RegExp, Archetype])[] = [
  [/\b(medallion|seal|stamp|wreath)\b/, 'medallion'],
  [/\b(sun ?rays|sunburst|rays|radiating)\b/, 'rays'],
  [/\b(tiles?|bauhaus|mosaic|grid)\b/, 'tiles'],
  [/\b(rosette|mandala|petals|flower pattern)\b/, 'rosette'],
  [/\b(scene|landscape|scenery)\b/, 'scene'],
  [
    /\b(minimal|minimalist|simpler|simplify|simple|cleaner|less detail(ed)?|fewer details|emblem|badge|plain)\b/,
    'knockout',
  ],
];

/** "as a seal", "simpler", "turn it into a landscape". */
export const changeLayout: EditOperation = (clause, scene) => {
  if (scene.archetype === 'abstract') return null;
  const named = LAYOUT_WORDS.find(([pattern]) => pattern.test(clause));
  if (named === undefined) return null;
  const [pattern, archetype] = named;
  const isSimpler = archetype === 'knockout' && pattern.test(clause) && !/\b(emblem|badge)\b/.test(clause);
  return isSimpler
    ? withLayout({ ...scene, archetype }, { terrain: [], ornaments: [], finish: 'mono' })
    : { ...scene, archetype };
};

/** "bigger", "bolder", "thinner lines", "flip it". */
export const changeSize: EditOperation = (clause, scene) => {
  const { scale, weight, flip } = scene.layout;
  if (/\b(flip|mirror|face (the other way|left|right))\b/.test(clause)) return withLayout(scene, { flip: !flip });
  if (/\b(bigger|larger|enlarge|zoom in)\b/.test(clause))
    return withLayout(scene, { scale: Math.min(1.3, scale * 1.15) });
  if (/\b(smaller|shrink|zoom out|tinier)\b/.test(clause))
    return withLayout(scene, { scale: Math.max(0.6, scale * 0.86) });
  if (/\b(bolder|bold|thicker|heavier|stronger|chunkier)\b/.test(clause)) {
    return withLayout(scene, { weight: Math.min(3, weight * 1.7), scale: Math.min(1.3, scale * 1.05) });
  }
  if (/\b(thinner|finer|lighter lines|delicate)\b/.test(clause))
    return withLayout(scene, { weight: Math.max(0.4, weight * 0.6) });
  return null;
};

/** "at night", "by day". */
export const changeTime: EditOperation = (clause, scene) => {
  if (/\b(at night|night ?time|by night|nighttime|nocturnal)\b/.test(clause)) return timed(scene, 'night');
  if (/\b(by day|day ?time|daylight|in the morning)\b/.test(clause)) return timed(scene, 'day');
  return null;
};

function timed(scene: BuiltinScene, time: 'day' | 'night'): BuiltinScene {
  return withLayout(scene.archetype === 'abstract' ? scene : { ...scene, archetype: 'scene' }, { time });
}
