import { type Task, TASK_TYPES, type TaskType, WIRE_NAMES } from '../../../core/task.ts';

/** A task as the functions tell it: wire names, and no input on a row of an older publisher. */
export type TaskJson = Omit<Task, 'type' | 'input'> & { readonly type: string; readonly input: unknown };

const TYPES = Object.fromEntries(TASK_TYPES.map((type) => [WIRE_NAMES[type], type])) as Readonly<
  Record<string, TaskType>
>;

export function taskOf(json: TaskJson): Task {
  return { ...json, type: TYPES[json.type] ?? json.type, input: json.input ?? {} } as Task;
}

export function wireTypes(types: readonly TaskType[] = TASK_TYPES): readonly string[] {
  return types.map((type) => WIRE_NAMES[type]);
}

export function typesOfWire(names: readonly string[]): readonly TaskType[] {
  return names.flatMap((name) => TYPES[name] ?? []);
}

/** Costs by wire name, as the functions take them. */
export function wireCosts(
  costs: Readonly<Record<TaskType, number>> | undefined,
): Readonly<Record<string, number>> | undefined {
  return costs && Object.fromEntries(TASK_TYPES.map((type) => [WIRE_NAMES[type], costs[type]]));
}
