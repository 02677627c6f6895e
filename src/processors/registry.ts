import type { ProcessingTask, TaskType } from '../core/task.ts';
import type { TaskResult } from '../ports/task-leases.ts';
import { processGeneration } from './generation.ts';
import type { Processor, ProcessorContext } from './processor.ts';
import { processRefinement } from './refinement.ts';
import { SUPPORTED_TYPES, type SupportedType } from '../core/supported-types.ts';

const processors: { readonly [T in SupportedType]: Processor<T> } = {
  generation: processGeneration,
  refinement: processRefinement,
};

/** Undefined when this version has no processor for the task's type. */
export function processorFor(task: ProcessingTask): ((context: ProcessorContext) => Promise<TaskResult>) | undefined {
  if (!isSupported(task.type)) return undefined;
  const processor = processors[task.type] as Processor<TaskType>;
  return (context) => processor(task, context);
}

function isSupported(type: TaskType): type is SupportedType {
  return (SUPPORTED_TYPES as readonly TaskType[]).includes(type);
}
