import { lemmaOf } from '../language/words.ts';
import { findSubjects } from '../retrieval/find-subjects.ts';
import { sceneMotif } from '../scene/plan-scene.ts';
import { withLayout, type EditOperation } from './operation.ts';
import { addFeature, featureNamed, removeFeature } from './scene-features.ts';

const ADD =
  /\b(?:add|include|put|give (?:it|him|her|them)|give the [a-z]+|with)\s+(?:an? |some |the |a few |two |three |four |five |more )?(?<what>[a-z' -]{2,40}?)(?:\s+(?:to|on|in|at|above|below|behind|around|next to|beside)\b.*)?$/;

const REMOVE =
  /\b(?:remove|delete|drop|lose|get rid of|take away|take out|erase|without|no)\s+(?:the |any |all |all the )?(?<what>[a-z' -]{2,40})$/;

const NOT_A_THING = /\b(contrast|colou?rs?|background|backdrop|palette|detail|depth|space|text|warmth|corners?)\b/;

/** "add stars", "put a moon in the sky", "give it a book": a feature of the scene, or a second thing. */
export const addThing: EditOperation = (clause, scene, library) => {
  const what = ADD.exec(clause)?.groups?.['what'];
  if (what === undefined || NOT_A_THING.test(what)) return null;
  const feature = featureNamed(/\b(night|starry) sky\b/.test(clause) ? 'night sky' : what);
  if (feature !== null) return addFeature(scene, feature);
  const { hero: thing } = findSubjects(`a ${what}`, library);
  if (thing === null) return null;
  if (scene.hero.motif === null) return { ...scene, hero: sceneMotif(thing), archetype: 'knockout' };
  return { ...scene, second: sceneMotif(thing) };
};

/** "remove the book", "no stars", "drop the landscape". */
export const removeThing: EditOperation = (clause, scene) => {
  const what = REMOVE.exec(clause)?.groups?.['what'];
  if (what === undefined) return null;
  if (/\b(landscape|scenery|terrain|scene)\b/.test(what))
    return { ...withLayout(scene, { terrain: [], sky: [] }), archetype: 'knockout' };
  if (/\b(ornament|decoration)s?\b/.test(what)) return withLayout(scene, { ornaments: [] });
  const words = new Set(what.split(' ').map(lemmaOf));
  const isSecond = scene.second?.label.split(' ').some((word) => words.has(lemmaOf(word))) ?? false;
  if (scene.second !== null && (isSecond || /\b(second|other|prop|extra)\b/.test(what)))
    return { ...scene, second: null };
  const feature = featureNamed(what);
  return feature === null ? null : removeFeature(scene, feature);
};
