import type { Library } from '../assets/library.ts';
import type { BuiltinScene } from '../scene/builtin-scene.ts';
import { addThing, removeThing } from './add-and-remove.ts';
import { changeGround, changeMood, changeTheme, setColour } from './change-colours.ts';
import { changeLayout, changeShape, changeSize, changeTime } from './change-form.ts';
import type { EditOperation } from './operation.ts';
import { splitClauses } from './split-clauses.ts';
import { swapSubject } from './swap-subject.ts';

export interface SceneEdit {
  readonly scene: BuiltinScene;
  /** Clauses that were carried out, as the prompt words them. */
  readonly applied: readonly string[];
  readonly ignored: readonly string[];
  /** False when the scene is as it was, even if a clause only asked to keep something. */
  readonly changed: boolean;
}

/** Of each group at most one operation reads a clause, in this order; groups are independent ("a bigger shield"). */
const STRUCTURE: readonly EditOperation[] = [swapSubject, removeThing, addThing];
const FORM: readonly (readonly EditOperation[])[] = [[changeShape, changeLayout], [changeSize], [changeTime]];
const COLOUR: readonly EditOperation[] = [changeGround, setColour, changeMood];

const KEEP = /^(keep|leave|don't change|do not change)\b/i;

/** Carries out an edit prompt on a scene, clause by clause. Pure; what no clause touches stays as it was. */
export function editScene(scene: BuiltinScene, prompt: string, library: Library): SceneEdit {
  const applied: string[] = [];
  const ignored: string[] = [];
  let current = scene;
  for (const clause of splitClauses(prompt)) {
    const next = KEEP.test(clause) ? current : editByClause(clause.toLowerCase(), current, library);
    (next === null ? ignored : applied).push(clause);
    current = next ?? current;
  }
  const changed = current !== scene;
  const history = [...scene.history, { prompt, applied }];
  return { scene: changed ? { ...current, history } : scene, applied, ignored, changed };
}

/** The changed scene; null when no operation understands the clause. */
function editByClause(clause: string, scene: BuiltinScene, library: Library): BuiltinScene | null {
  const restructured = firstOf(STRUCTURE, clause, scene, library);
  if (restructured !== null) return restructured;
  let current = scene;
  for (const group of FORM) current = firstOf(group, clause, current, library) ?? current;
  current = firstOf(COLOUR, clause, current, library) ?? current;
  if (current !== scene) return current;
  return changeTheme(clause, scene, library);
}

function firstOf(
  operations: readonly EditOperation[],
  clause: string,
  scene: BuiltinScene,
  library: Library,
): BuiltinScene | null {
  for (const operation of operations) {
    const changed = operation(clause, scene, library);
    if (changed !== null) return changed;
  }
  return null;
}
