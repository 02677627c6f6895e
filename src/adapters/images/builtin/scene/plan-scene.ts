import type { Palette } from '../../../../core/concept.ts';
import type { Library } from '../assets/library.ts';
import type { Motif } from '../assets/motif.ts';
import type { BadgeShape } from '../draw/shapes.ts';
import { findSubjects } from '../retrieval/find-subjects.ts';
import { isCreature } from '../retrieval/score-motifs.ts';
import { hashText, pickOne, pickWeighted, seededRandom, type Random } from '../random/seeded-random.ts';
import type { Archetype, BuiltinScene, SceneMotif, SkyFeature, Terrain } from './builtin-scene.ts';
import { designStyleOf, type DesignStyle } from './design-style.ts';
import { poseOf } from './pose.ts';
import { isSkyMotif, skyIn, terrainIn, terrainOfMotif } from './place-words.ts';

export interface SceneBrief {
  readonly logo: string;
  readonly theme: string;
  readonly seed: number;
  /** The palette of the base image. */
  readonly palette: Palette;
}

export interface PlannedScene {
  readonly scene: BuiltinScene;
  readonly warnings: readonly string[];
}

const MAX_PROMPT_IN_SCENE = 400;

/** Decides what is drawn and how, from the prompt and the seed alone. Never fails: a prompt without a known subject gets an abstract mark. */
export function planScene(brief: SceneBrief, library: Library): PlannedScene {
  const { logo, theme, seed } = brief;
  const random = seededRandom(hashText(`${logo}|${theme}`) ^ Math.imul(seed + 1, 2_654_435_761));
  const subjects = findSubjects(logo, library);
  const place = placeOf(brief, subjects.hero, subjects.second);
  const hero =
    subjects.hero === null ? null : poseOf(subjects.hero, { logo, hasCompany: place.second !== null }, library);
  const style = designStyleOf(logo, theme);
  const archetype = hero === null ? 'abstract' : archetypeFor(random, { style, hero, place });
  const scene: BuiltinScene = {
    provider: 'builtin',
    version: 1,
    archetype,
    hero: hero === null ? { label: 'abstract mark', motif: null } : sceneMotif(hero),
    second: place.second === null || hero === null ? null : sceneMotif(place.second),
    palette: brief.palette,
    drawSeed: hashText(`${logo}|${theme}|${seed}|${archetype}`),
    prompt: { logo: logo.slice(0, MAX_PROMPT_IN_SCENE), theme: theme.slice(0, MAX_PROMPT_IN_SCENE) },
    layout: {
      shape: shapeFor(random, style, archetype),
      finish: archetype === 'scene' ? 'flat' : finishFor(random, style, hero),
      terrain: place.terrain.slice(0, 2),
      sky: place.sky,
      ornaments: [],
      time: 'auto',
      scale: 1,
      weight: 1,
      flip: false,
    },
    history: [],
  };
  const warnings = hero === null ? [ABSTRACT_WARNING] : [];
  return { scene, warnings };
}

const ABSTRACT_WARNING =
  'no known subject was found in the logo description, so an abstract mark was drawn; name an animal, a plant, a thing or a trade';

export const sceneMotif = (motif: Motif): SceneMotif => ({ label: motif.label, motif: motif.id });

interface Place {
  readonly terrain: readonly Terrain[];
  readonly sky: readonly SkyFeature[];
  /** The second thing, unless the landscape shows it already. */
  readonly second: Motif | null;
  /** The prompt itself, not just the theme, speaks of a place. */
  readonly isNamed: boolean;
}

function placeOf({ logo, theme }: SceneBrief, hero: Motif | null, second: Motif | null): Place {
  const ofLogo = terrainIn(logo);
  const ofMotifs = [hero, second].flatMap((motif) => (motif === null ? [] : (terrainOfMotif(motif.label) ?? [])));
  const named = [...new Set([...ofMotifs, ...ofLogo])];
  const terrain = named.length > 0 ? named : terrainIn(theme);
  const isShown = second !== null && (terrainOfMotif(second.label) !== undefined || isSkyMotif(second.label));
  const sky = [...new Set([...skyIn(logo), ...skyIn(theme)])];
  const isNamed = named.length > 0 || skyIn(logo).length > 0;
  return { terrain, sky, second: isShown ? null : second, isNamed };
}

interface Choice {
  readonly style: DesignStyle;
  readonly hero: Motif;
  readonly place: Place;
}

function archetypeFor(random: Random, { style, hero, place }: Choice): Archetype {
  const among = (styles: readonly DesignStyle[], weight: number, otherwise: number): number =>
    styles.includes(style) ? weight : otherwise;
  const scene = sceneWeight({ style, hero, place });
  return pickWeighted(random, [
    ['scene', isSkyMotif(hero.label) ? 0 : scene],
    ['knockout', 3],
    ['medallion', among(['wellness', 'luxury', 'organic', 'nordic', 'fantasy', 'corporate'], 4, 1.4)],
    ['rays', among(['vintage', 'playful', 'bold', 'japanese'], 3, 0.8)],
    ['tiles', among(['tech', 'nordic', 'playful', 'plain', 'japanese'], 1.8, 0.5)],
    ['rosette', among(['wellness', 'luxury', 'organic'], 1.6, 0.3)],
  ]);
}

/** A creature in a named place asks for a scene; scales of justice on a hill are absurd. */
function sceneWeight({ hero, place }: Choice): number {
  const isLandscape = terrainOfMotif(hero.label) !== undefined;
  const canStand = isCreature(hero) || hero.kind === 'people' || hero.kind === 'place' || place.second !== null;
  if (place.isNamed && (canStand || isLandscape)) return 40;
  if (place.second !== null) return 14;
  return isCreature(hero) ? 4 : canStand ? 0.4 : 0;
}

const SHAPES_OF_STYLE: Readonly<Record<DesignStyle, readonly BadgeShape[]>> = {
  plain: ['circle', 'squircle', 'hexagon', 'arch'],
  vintage: ['circle', 'shield', 'scallop', 'octagon'],
  luxury: ['circle', 'arch', 'octagon', 'circle'],
  playful: ['blob', 'squircle', 'circle', 'scallop'],
  tech: ['hexagon', 'squircle', 'octagon', 'circle'],
  organic: ['circle', 'arch', 'blob', 'scallop'],
  bold: ['shield', 'hexagon', 'octagon', 'circle'],
  corporate: ['circle', 'shield', 'squircle', 'hexagon'],
  nordic: ['circle', 'arch', 'squircle', 'hexagon'],
  wellness: ['circle', 'arch', 'blob', 'scallop'],
  fantasy: ['shield', 'arch', 'circle', 'octagon'],
  japanese: ['circle', 'arch', 'squircle'],
};

const WINDOWS: readonly BadgeShape[] = ['circle', 'circle', 'arch', 'squircle', 'hexagon', 'shield'];

function shapeFor(random: Random, style: DesignStyle, archetype: Archetype): BadgeShape {
  return pickOne(random, archetype === 'scene' ? WINDOWS : SHAPES_OF_STYLE[style]);
}

/** One colour suits sober styles and simple things; a creature or a meal lives from its colours. */
function finishFor(random: Random, style: DesignStyle, hero: Motif | null): 'flat' | 'mono' {
  if (hero === null || hero.mono === null || hero.kind === 'people' || hero.kind === 'food') return 'flat';
  const sober = style === 'nordic' || style === 'corporate' || style === 'tech' || style === 'luxury';
  const isColourful = hero.kind === 'animal' || hero.kind === 'plant' || hero.kind === 'face';
  return random() < (isColourful ? 0.12 : sober ? 0.7 : 0.4) ? 'mono' : 'flat';
}
