// Submits a batch, works it in this very process, and prints what came of each row.
// Run it with `node examples/submit-batch.mjs`.
import { createConcept } from 'concept';
import { runWorker } from 'concept/worker';

const concept = createConcept();

const briefs = [
  { logo: 'a lighthouse on a cliff', theme: 'stormy sea, warm lamp' },
  { logo: 'a cactus in a pot', theme: 'desert morning' },
  { logo: 'an owl with glasses', theme: 'old library, green leather' },
];

const tasks = await concept.tasks.submitMany(
  briefs.map(({ logo, theme }, index) => ({
    type: 'generation',
    logoDescription: logo,
    themeDescription: theme,
    numPalettes: 3,
    // The same script run twice submits nothing twice.
    idempotencyKey: `spring-batch-${index}`,
  })),
);

// In production this is `concept work` in another process.
await runWorker({ signal: new AbortController().signal, drain: true });

for (const task of tasks) {
  if (task.type !== 'generation') continue;
  const { concept: result } = await concept.tasks.wait(task);
  console.log(`${result.logoDescription}: ${result.variations.map(({ palette }) => palette.name).join(', ')}`);
}
await concept.close();
