import { lemmaOf } from '../language/words.ts';
import type { BuiltinScene, Ornament, SkyFeature, Terrain } from '../scene/builtin-scene.ts';
import { withLayout } from './operation.ts';

/** A part of a picture that an edit can add or take away. */
export type Feature =
  | { readonly kind: 'ornament'; readonly name: Ornament }
  | { readonly kind: 'sky'; readonly name: SkyFeature }
  | { readonly kind: 'terrain'; readonly name: Terrain };

const ORNAMENTS: ReadonlyMap<string, Ornament> = new Map(
  Object.entries<Ornament>({
    star: 'stars',
    sparkle: 'sparkles',
    glint: 'sparkles',
    shine: 'sparkles',
    laurel: 'laurel',
    wreath: 'laurel',
    ring: 'ring',
    border: 'ring',
    outline: 'ring',
    frame: 'frame',
  }),
);

const SKIES: ReadonlyMap<string, SkyFeature> = new Map(
  Object.entries<SkyFeature>({
    moon: 'moon',
    crescent: 'crescent',
    sun: 'sun',
    cloud: 'clouds',
    snow: 'snow',
    snowflake: 'snow',
    rain: 'rain',
  }),
);

const TERRAINS: ReadonlyMap<string, Terrain> = new Map(
  Object.entries<Terrain>({
    mountain: 'mountains',
    peak: 'mountains',
    hill: 'hills',
    wave: 'sea',
    sea: 'sea',
    ocean: 'sea',
    water: 'sea',
    lake: 'lake',
    tree: 'forest',
    forest: 'forest',
    pine: 'forest',
    wood: 'forest',
    field: 'field',
    dune: 'dunes',
    desert: 'dunes',
    skyline: 'city',
    city: 'city',
    building: 'city',
    jungle: 'jungle',
    palm: 'jungle',
    planet: 'space',
    space: 'space',
  }),
);

/** The feature that a phrase names, if any: "a few stars", "some snowy mountains", "night sky". */
export function featureNamed(phrase: string): Feature | null {
  if (/\b(night sky|starry sky|stars in the sky)\b/.test(phrase)) return { kind: 'sky', name: 'stars' };
  const words = phrase
    .split(/[^a-z]+/)
    .filter(Boolean)
    .map(lemmaOf);
  for (const word of words.toReversed()) {
    const [ornament, sky, terrain] = [ORNAMENTS.get(word), SKIES.get(word), TERRAINS.get(word)];
    if (ornament !== undefined) return { kind: 'ornament', name: ornament };
    if (sky !== undefined) return { kind: 'sky', name: sky };
    if (terrain !== undefined) return { kind: 'terrain', name: terrain };
  }
  return null;
}

const without = <T>(list: readonly T[], ...names: readonly T[]): T[] => list.filter((item) => !names.includes(item));

export function addFeature(scene: BuiltinScene, feature: Feature): BuiltinScene {
  const { layout } = scene;
  if (feature.kind === 'ornament') {
    if (feature.name === 'stars' && scene.archetype === 'scene')
      return withLayout(scene, { sky: [...without(layout.sky, 'stars', 'sun'), 'stars'], time: 'night' });
    return withLayout(scene, { ornaments: [...without(layout.ornaments, feature.name), feature.name] });
  }
  const inScene: BuiltinScene = scene.archetype === 'abstract' ? scene : { ...scene, archetype: 'scene' };
  if (feature.kind === 'terrain') {
    return withLayout(inScene, { terrain: [feature.name, ...without(layout.terrain, feature.name)].slice(0, 2) });
  }
  const { name } = feature;
  if (name === 'sun')
    return withLayout(inScene, {
      sky: [...without(layout.sky, 'moon', 'crescent', 'stars', 'sun'), 'sun'],
      time: 'day',
    });
  const isNight = name === 'moon' || name === 'crescent' || name === 'stars';
  const sky = [...without(layout.sky, name, ...(isNight ? (['sun'] as const) : [])), name];
  return withLayout(inScene, isNight ? { sky, time: 'night' } : { sky });
}

/** The scene without a feature; null when it has none of it. */
export function removeFeature(scene: BuiltinScene, { kind, name }: Feature): BuiltinScene | null {
  const { ornaments, sky, terrain } = scene.layout;
  if (kind === 'sky') return sky.includes(name) ? withLayout(scene, { sky: without(sky, name) }) : null;
  if (kind === 'terrain') return terrain.includes(name) ? withLayout(scene, { terrain: without(terrain, name) }) : null;
  if (ornaments.includes(name)) return withLayout(scene, { ornaments: without(ornaments, name) });
  return name === 'stars' && sky.includes('stars') ? withLayout(scene, { sky: without(sky, 'stars') }) : null;
}
