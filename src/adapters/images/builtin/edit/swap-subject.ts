import type { Library } from '../assets/library.ts';
import type { Motif } from '../assets/motif.ts';
import { lemmaOf } from '../language/words.ts';
import { findSubjects } from '../retrieval/find-subjects.ts';
import type { BuiltinScene } from '../scene/builtin-scene.ts';
import { sceneMotif } from '../scene/plan-scene.ts';
import { poseOf } from '../scene/pose.ts';
import { isColourPhrase } from './colour-words.ts';
import type { EditOperation } from './operation.ts';

const SWAPS = [
  /\b(?:swap|change|replace|switch|turn|exchange)\s+(?:out\s+)?(?:the |this |that |my )?(?<from>[a-z' -]{2,40}?)\s+(?:to|with|for|into|by)\s+(?:be )?(?:an? |the |some )?(?<to>[a-z' -]{2,40})$/,
  /\binstead of (?:an? |the )?(?<from>[a-z' -]{2,30}?),? (?:use |try |draw |show |make it )(?:an? |the )?(?<to>[a-z' -]{2,30})$/,
  /\b(?:use|draw|show|try|put|have)\s+(?:an? |the )?(?<to>[a-z' -]{2,30}?)\s+instead(?: of (?:an? |the )?(?<from>[a-z' -]{2,30}))?$/,
  /\bmake (?:it|the (?<from>[a-z -]{2,20}?)|this) (?:into )?an? (?<to>[a-z' -]{2,30})$/,
] as const;

/** What a swap is not about: these have operations of their own. */
const NOT_A_SUBJECT =
  /\b(background|backdrop|colou?rs?|palette|shape|badge|style|size|bit|little|lot|text|font|night|day)\b/;

/** "turn it into a seal" asks for another layout, "swap the fox for a seal" for the animal. */
const FORM =
  /^(seal|stamp|badge|medallion|shield|crest|circle|hexagon|octagon|square|diamond|heart|arch|scene|landscape|mosaic|rosette|emblem)$/;

/** "swap the fox for an owl", "use a wolf instead", "make it a bear". */
export const swapSubject: EditOperation = (clause, scene, library) => {
  for (const pattern of SWAPS) {
    const { from = '', to = '' } = pattern.exec(clause)?.groups ?? {};
    if (to === '' || NOT_A_SUBJECT.test(`${from} ${to}`) || isColourPhrase(to)) continue;
    if (FORM.test(to) && /^(it|this|)$/.test(from)) continue;
    const { hero } = findSubjects(`a ${to}`, library);
    if (hero === null) continue;
    return isSecond(from, scene) ? { ...scene, second: sceneMotif(hero) } : withHero(scene, hero, library);
  }
  return null;
};

function isSecond(named: string, scene: BuiltinScene): boolean {
  if (scene.second === null) return false;
  const words = named.split(' ').map(lemmaOf);
  const meets = (label: string): boolean => label.split(' ').some((word) => words.includes(lemmaOf(word)));
  return meets(scene.second.label) && !meets(scene.hero.label);
}

function withHero(scene: BuiltinScene, hero: Motif, library: Library): BuiltinScene {
  const posed = poseOf(hero, { logo: 'holding', hasCompany: scene.second !== null }, library);
  return {
    ...scene,
    hero: sceneMotif(posed),
    archetype: scene.archetype === 'abstract' ? 'knockout' : scene.archetype,
  };
}
