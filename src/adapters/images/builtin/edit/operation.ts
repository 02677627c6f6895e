import type { Library } from '../assets/library.ts';
import type { BuiltinScene, SceneLayout } from '../scene/builtin-scene.ts';

/** Reads one clause of an edit prompt, lower case; gives the changed scene, or null when the clause is not its business. */
export type EditOperation = (clause: string, scene: BuiltinScene, library: Library) => BuiltinScene | null;

export function withLayout(scene: BuiltinScene, layout: Partial<SceneLayout>): BuiltinScene {
  return { ...scene, layout: { ...scene.layout, ...layout } };
}
