import { expect, it } from 'vitest';
import { ConceptError } from '../../src/core/errors.ts';
import { scriptedImageProvider } from '../../src/testing/index.ts';
import { tinyPng } from '../../src/testing/tiny-png.ts';
import { failingPuts, taskBench } from './support.ts';

const ADDRESS = 'https://example.com/fox.png';
const input = { original: { kind: 'url', url: ADDRESS }, refinementPrompt: 'warmer', numPalettes: 2 };
const picture = (shade: number) => tinyPng(32, 32, (x) => (x < 16 ? [shade, 40, 90] : [250, 240, 230]));

/** A web page whose picture is another one at every visit. */
function changingPicture() {
  const visits: string[] = [];
  const imageFetcher = {
    check: () => undefined,
    fetch: (url: string) => {
      visits.push(url);
      return Promise.resolve({ bytes: picture(visits.length * 50), contentType: 'image/png' });
    },
  };
  return { visits, imageFetcher };
}

it('a retry refines the original that was stored, not what its URL shows by then', async () => {
  const { visits, imageFetcher } = changingPicture();
  const images = scriptedImageProvider([{ error: new ConceptError('PROVIDER_FAILED', 'busy') }, { image: {} }]);
  const bench = await taskBench({ type: 'refinement', input, dependencies: { images, imageFetcher } });
  expect(await bench.attempt()).toMatchObject({ outcome: 'rescheduled', error: { stage: 'image-editing' } });
  expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
  expect(visits).toEqual([ADDRESS]);
  const [first, second] = images.calls;
  expect(first).toMatchObject({ method: 'edit' });
  expect(second).toEqual(first);
  const { refinement } = await bench.concept();
  expect(refinement).toMatchObject({ originalImageUrl: ADDRESS, parentConceptId: null });
  expect(await bench.blobs.stat(refinement!.originalImagePath)).toBeDefined();
});

it('a retry does not pay for the same edit again', async () => {
  const { imageFetcher } = changingPicture();
  const images = scriptedImageProvider(undefined, { flags: { paid: true } });
  // Original and edited image are stored; the edited one in its clean form is not.
  const wrapBlobs = failingPuts((count) =>
    count === 3 ? new ConceptError('STORAGE_FULL', 'no space left') : undefined,
  );
  const bench = await taskBench({ type: 'refinement', input, wrapBlobs, dependencies: { images, imageFetcher } });
  expect(await bench.attempt()).toMatchObject({ outcome: 'rescheduled', error: { stage: 'image-storage' } });
  expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
  expect(images.calls).toHaveLength(1);
  expect(await bench.concept()).toMatchObject({ refinement: { applied: ['scripted'] }, themeDescription: 'scripted' });
});
