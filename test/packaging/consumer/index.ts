/** Compiled against the installed package: what a user of the SDK may write, and what the types must refuse. */
import { ConceptError, createConcept } from 'concept';
import type { Concept, Task } from 'concept';
import type { WorkerSummary } from 'concept/worker';
import { runWorker } from 'concept/worker';
import * as testing from 'concept/testing';

export async function makeConcept(signal: AbortSignal): Promise<Concept> {
  const concept = createConcept({ config: { home: 'data' } });
  const task = await concept.tasks.submit({ type: 'generation', logoDescription: 'a fox', themeDescription: 'night' });
  const outcome = await concept.tasks.wait(task, { signal });
  const typed: Concept = outcome.concept;
  await concept.close();
  return typed;
}

export async function refuseWrongInput(): Promise<Task | undefined> {
  const concept = createConcept();
  try {
    // @ts-expect-error: a generation has a theme
    return await concept.tasks.submit({ type: 'generation', logoDescription: 'a fox' });
  } catch (error) {
    if (ConceptError.isInstance(error) && error.code === 'INVALID_INPUT') return undefined;
    throw error;
  }
}

export const drain = async (signal: AbortSignal): Promise<WorkerSummary> => runWorker({ signal, drain: true });
export const testingNames: string[] = Object.keys(testing);
