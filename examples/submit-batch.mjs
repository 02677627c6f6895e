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

// The same script run twice submits nothing twice: rows are known by their content within a batch of one name.
const { batch, tasks } = await concept.batches.submit({
  name: 'spring',
  rows: briefs.map(({ logo, theme }) => ({
    type: 'generation',
    logoDescription: logo,
    themeDescription: theme,
    numPalettes: 3,
  })),
});

// In production this is `concept work` in another process.
await runWorker({ signal: new AbortController().signal, drain: true });
await concept.batches.wait(batch.id);

for (const { id } of tasks) {
  const { resultId } = await concept.tasks.get(id);
  if (resultId === null) continue;
  const result = await concept.concepts.get(resultId);
  console.log(`${result.logoDescription}: ${result.variations.map(({ palette }) => palette.name).join(', ')}`);
}
await concept.close();
