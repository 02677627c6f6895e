import { parseTaskInput } from '../core/task-input.ts';
import type { ProcessingTask, TaskType } from '../core/task.ts';
import type { TaskResult } from '../ports/task-leases.ts';
import { processGeneration } from './generation.ts';
import type { Processor, ProcessorContext } from './processor.ts';
import { processRefinement } from './refinement.ts';
import type { SupportedType } from '../core/supported-types.ts';

/** The processor of a task, ready to run; undefined when there is none for its type. */
export type ProcessorRegistry = (
  task: ProcessingTask,
) => ((context: ProcessorContext) => Promise<TaskResult>) | undefined;

export type Processors = { readonly [T in TaskType]?: Processor<T> };

const PROCESSORS: { readonly [T in SupportedType]: Processor<T> } = {
  generation: processGeneration,
  refinement: processRefinement,
};

/** @param processors default: those of this version. */
export function processorRegistry(processors: Processors = PROCESSORS): ProcessorRegistry {
  return (task) => {
    const processor = processors[task.type] as Processor<TaskType> | undefined;
    return processor && ((context) => processor(task, context));
  };
}

/**
 * The same processors, which see no input that was not checked, and every default filled in.
 * @throws (the registry) INVALID_INPUT naming the field at fault.
 */
export function checkingInputs(processors: ProcessorRegistry): ProcessorRegistry {
  return (task) => processors({ ...task, input: parseTaskInput(task.type, task.input) } as ProcessingTask);
}
