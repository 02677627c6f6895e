import { lemmaOf, normaliseText } from '../language/words.ts';
import type { SkyFeature, Terrain } from './builtin-scene.ts';

const TERRAIN_WORDS: Readonly<Record<Terrain, string>> = {
  mountains: 'nordic norwegian mountain peak alps alpine summit pyrenees himalaya fjord glacier ridge snowy volcano',
  hills: 'hill valley countryside pasture village',
  field: 'farm field meadow wheat vineyard prairie barn crop',
  forest: 'forest woods woodland pine spruce taiga birch grove camping campfire',
  sea: 'sea ocean wave coast coastal beach shore seaside lagoon bay harbour harbor maritime nautical sail sailing sailor ship boat surf island atlantic pacific mermaid lighthouse whale',
  lake: 'lake river stream pond',
  dunes: 'desert dune sahara oasis camel',
  city: 'city urban downtown skyline metropolis street',
  jungle: 'jungle rainforest tropical tropics palm jurassic dinosaur safari',
  space: 'space orbit orbital cosmos galaxy galactic astronaut nebula interstellar planet rocket',
  underwater: 'underwater reef abyss abyssal submarine aquarium marine octopus jellyfish diving',
};

const SKY_WORDS: Readonly<Record<SkyFeature, string>> = {
  moon: 'moon moonlit lunar moonlight',
  crescent: 'night midnight nocturnal crescent eve',
  sun: 'sun sunrise sunset sunny dawn summer golden morning noon sun-warmed',
  stars: 'star starry cosmos galaxy galactic space orbit nebula interstellar night midnight',
  snow: 'snow snowy winter christmas blizzard',
  rain: 'rain rainy storm monsoon',
  clouds: 'cloud sky breeze wind windy',
};

const invert = <T extends string>(table: Readonly<Record<T, string>>): ReadonlyMap<string, readonly T[]> => {
  const inverted = new Map<string, T[]>();
  for (const [feature, words] of Object.entries(table) as [T, string][]) {
    for (const word of words.split(' ')) inverted.set(word, [...(inverted.get(word) ?? []), feature]);
  }
  return inverted;
};

const TERRAIN_BY_WORD = invert(TERRAIN_WORDS);
const SKY_BY_WORD = invert(SKY_WORDS);

function featuresIn<T extends string>(text: string, byWord: ReadonlyMap<string, readonly T[]>): T[] {
  const words = normaliseText(text).split(' ');
  return [...new Set(words.flatMap((word) => byWord.get(word) ?? byWord.get(lemmaOf(word)) ?? []))];
}

/** Landscapes that a text names, in its order. */
export const terrainIn = (text: string): Terrain[] => featuresIn(text, TERRAIN_BY_WORD);

/** What a text puts into the sky. */
export const skyIn = (text: string): SkyFeature[] => featuresIn(text, SKY_BY_WORD);

const TERRAIN_OF_MOTIF: Readonly<Record<string, Terrain>> = {
  mountain: 'mountains',
  'snow capped mountain': 'mountains',
  'mount fuji': 'mountains',
  volcano: 'mountains',
  'water wave': 'sea',
  'desert island': 'sea',
  'beach with umbrella': 'sea',
  cityscape: 'city',
  'cityscape at dusk': 'city',
  desert: 'dunes',
  'national park': 'forest',
  'evergreen tree': 'forest',
  'deciduous tree': 'forest',
  'palm tree': 'jungle',
};

const SKY_MOTIFS =
  /^(sun|crescent moon|full moon|star|glowing star|night with stars|cloud|snowflake|rainbow|sunrise|sunset|sunrise over mountains|milky way)$/;

/** The landscape that a motif stands for, if it is one: it is drawn as terrain then, not as a thing. */
export const terrainOfMotif = (label: string): Terrain | undefined => TERRAIN_OF_MOTIF[label];

export const isSkyMotif = (label: string): boolean => SKY_MOTIFS.test(label);
