// Turns the artwork and keyword packages (devDependencies) into the files under assets/ that the built-in provider reads.
// Run with `npm run build:assets`; the result is committed, so users never need the source packages.
import { mkdir, writeFile } from 'node:fs/promises';
import { chooseMotifs } from './choose-motifs.mjs';
import { checkLicences } from './check-licences.mjs';
import { measureMotif } from './measure-motif.mjs';
import { ownMotifs } from './own-motifs.mjs';
import { buildColourNames, buildLexicon, buildThemes } from './build-word-lists.mjs';

const ASSETS = new URL('../../assets/', import.meta.url);

/** Packs bodies into one text; an index entry points into it by byte offset and length. */
function bodyPack() {
  const parts = [];
  let offset = 0;
  return {
    add(body) {
      const bytes = Buffer.from(body);
      const place = [offset, bytes.length];
      parts.push(bytes);
      offset += bytes.length;
      return place;
    },
    bytes: () => Buffer.concat(parts),
  };
}

async function indexEntry(motif, pack) {
  const flat = await measureMotif(motif.flat);
  const mono = motif.mono === null ? null : await measureMotif(motif.mono);
  return {
    id: motif.id,
    label: motif.label,
    alts: motif.alts,
    kind: motif.kind,
    tags: motif.tags,
    flat: { at: pack.add(motif.flat), box: flat.box, colours: flat.colours },
    mono: mono === null ? null : { at: pack.add(motif.mono), box: mono.box },
  };
}

async function main() {
  const families = await checkLicences();
  const motifs = [...ownMotifs, ...(await chooseMotifs())];
  const pack = bodyPack();
  const entries = [];
  for (const motif of motifs) entries.push(await indexEntry(motif, pack));

  const names = new Set(motifs.flatMap((motif) => [motif.label, ...motif.alts]));
  const lexicon = await buildLexicon(names);
  const colourNames = await buildColourNames();
  await mkdir(ASSETS, { recursive: true });
  const index = `{"families":${JSON.stringify(families)},"motifs":[\n${entries.map((e) => JSON.stringify(e)).join(',\n')}\n]}\n`;
  await writeFile(new URL('motifs.json', ASSETS), index);
  await writeFile(new URL('motif-bodies.txt', ASSETS), pack.bytes());
  await writeFile(new URL('lexicon.txt', ASSETS), lexicon.text);
  await writeFile(new URL('themes.txt', ASSETS), await buildThemes());
  await writeFile(new URL('colour-names.json', ASSETS), colourNames.text);
  console.log(`motifs: ${entries.length} (${pack.bytes().length} bytes of bodies, ${index.length} of index)`);
  console.log(`lexicon: ${lexicon.terms} terms; ${lexicon.dropped} targets dropped that are not in the catalogue`);
  console.log(`colour names: ${colourNames.kept} kept, ${colourNames.dropped} dropped by the taste list`);
}

await main();
