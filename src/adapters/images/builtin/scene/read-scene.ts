import type { Scene } from '../../../../core/concept.ts';
import { ConceptError } from '../../../../core/errors.ts';
import { isBadgeShape } from '../draw/shapes.ts';
import type { Archetype, BuiltinScene, Ornament, SkyFeature, Terrain } from './builtin-scene.ts';

// Scenes come back from the store as plain JSON: what is drawn from them is checked here, once.

const setOf = <T extends string>(members: Readonly<Record<T, true>>): ReadonlySet<unknown> =>
  new Set(Object.keys(members));

const ARCHETYPES = setOf<Archetype>({
  scene: true,
  knockout: true,
  medallion: true,
  rays: true,
  tiles: true,
  rosette: true,
  abstract: true,
});
const TERRAINS = setOf<Terrain>({
  mountains: true,
  hills: true,
  field: true,
  forest: true,
  sea: true,
  lake: true,
  dunes: true,
  city: true,
  jungle: true,
  underwater: true,
  space: true,
});
const SKIES = setOf<SkyFeature>({
  sun: true,
  moon: true,
  crescent: true,
  stars: true,
  clouds: true,
  snow: true,
  rain: true,
});
const ORNAMENTS = setOf<Ornament>({ stars: true, sparkles: true, laurel: true, ring: true, frame: true });

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isListOf = (members: ReadonlySet<unknown>, value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => members.has(item));
const isBetween = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'number' && value >= min && value <= max;

/** True for a scene that this provider planned and can draw. */
export function isBuiltinScene(scene: Scene): scene is BuiltinScene {
  return (
    scene['provider'] === 'builtin' &&
    scene['version'] === 1 &&
    ARCHETYPES.has(scene.archetype) &&
    isMotif(scene.hero) &&
    (scene.second === null || isMotif(scene.second)) &&
    isBetween(scene['drawSeed'], 0, 2 ** 32 - 1) &&
    Array.isArray(scene['history']) &&
    isLayout(scene['layout'])
  );
}

const isMotif = (value: unknown): boolean =>
  isFields(value) &&
  typeof value['label'] === 'string' &&
  (value['motif'] === null || typeof value['motif'] === 'string');

function isLayout(value: unknown): boolean {
  return (
    isFields(value) &&
    isBadgeShape(value['shape']) &&
    (value['finish'] === 'flat' || value['finish'] === 'mono') &&
    (value['time'] === 'auto' || value['time'] === 'day' || value['time'] === 'night') &&
    isListOf(TERRAINS, value['terrain']) &&
    isListOf(SKIES, value['sky']) &&
    isListOf(ORNAMENTS, value['ornaments']) &&
    isBetween(value['scale'], 0.3, 2) &&
    isBetween(value['weight'], 0.1, 5) &&
    typeof value['flip'] === 'boolean'
  );
}

/** @throws PROVIDER_FAILED (permanent) for a scene of another provider */
export function requireBuiltinScene(scene: Scene): BuiltinScene {
  if (isBuiltinScene(scene)) return scene;
  throw new ConceptError('PROVIDER_FAILED', 'the scene was not planned by the built-in provider', {
    retryable: false,
    hint: 'draw it with the provider that planned it, or recolour its image instead',
  });
}
