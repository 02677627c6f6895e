import { readFile } from 'node:fs/promises';
import { packageRoot } from './package-root.mjs';
import { isSubject, kindOfCategory } from './subject-rules.mjs';

const FLAT = '@iconify-json/fluent-emoji-flat';
const MONO = '@iconify-json/fluent-emoji-high-contrast';
/** What cannot be recoloured shape by shape. */
const UNSUPPORTED_DRAWING = /Gradient|<mask|<image|<text|<filter/;

const readJson = async (name, file) => JSON.parse(await readFile(new URL(file, packageRoot(name)), 'utf8'));

const clean = (text) =>
  text
    .toLowerCase()
    .replace(/[’']/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

/** Every subject worth drawing: artwork in colour, the same in one colour, its names and keywords. */
export async function chooseMotifs() {
  const [flat, mono, metadata, chars, keywords] = await Promise.all([
    readJson(FLAT, 'icons.json'),
    readJson(MONO, 'icons.json'),
    readJson(FLAT, 'metadata.json'),
    readJson(FLAT, 'chars.json'),
    readJson('emojilib', 'dist/emoji-en-US.json'),
  ]);
  const categoryOf = categoriesByName(metadata.categories);
  const motifs = [];
  const seen = new Set();
  for (const [hex, name] of Object.entries(chars)) {
    const icon = flat.icons[name];
    if (seen.has(name) || icon === undefined) continue;
    const kind = kindOfCategory(categoryOf.get(name), name);
    if (!isSubject(name, kind)) continue;
    const body = plainFills(icon.body);
    if (UNSUPPORTED_DRAWING.test(body)) {
      console.log(`left out, cannot be recoloured: ${name}`);
      continue;
    }
    seen.add(name);
    motifs.push(motifOf({ name, kind, body, mono: mono.icons[name], words: wordsOf(hex, keywords) }));
  }
  return motifs;
}

function motifOf({ name, kind, body, mono, words }) {
  const label = labelOf(name);
  const alts = [...new Set([clean(name), clean(words[0] ?? '')])].filter((alt) => alt !== '' && alt !== label);
  const tags = [...new Set(words.slice(1).map(clean))].filter(
    (tag) => tag.length > 1 && tag.length < 24 && tag !== label,
  );
  return { id: `fe:${name}`, label, alts, kind, tags, flat: body, mono: mono?.body ?? null };
}

/** "person-merpeople" is drawn as a mermaid-like figure: call it what people ask for. */
const RENAMED = new Map([
  ['person-merpeople', 'merperson'],
  ['woman-merpeople', 'mermaid'],
  ['man-merpeople', 'merman'],
  ['sauropod', 'dinosaur'],
  ['t-rex', 'tyrannosaurus'],
  ['e-mail', 'email'],
]);

function labelOf(name) {
  return RENAMED.get(name) ?? clean(name.replace(/^person-(?=fairy|mage|vampire|elf|superhero|zombie|genie)/, ''));
}

/** The same drawing without filters, and with each gradient replaced by its first colour. */
function plainFills(body) {
  const firstStop = new Map();
  for (const [, id, inner] of body.matchAll(
    /<(?:linear|radial)Gradient id="([^"]+)"[^>]*>(.*?)<\/(?:linear|radial)Gradient>/gs,
  )) {
    firstStop.set(id, /stop-color="(#[0-9a-f]{3,6})"/i.exec(inner)?.[1]);
  }
  return body
    .replace(/url\(#([^)]+)\)/g, (whole, id) => firstStop.get(id) ?? whole)
    .replace(/<(linearGradient|radialGradient|filter)\b.*?<\/\1>/gs, '')
    .replace(/ filter="[^"]*"/g, '')
    .replace(/<defs><\/defs>/g, '');
}

function categoriesByName(categories) {
  const byName = new Map();
  for (const [category, names] of Object.entries(categories)) for (const name of names) byName.set(name, category);
  return byName;
}

function wordsOf(hex, keywords) {
  const char = String.fromCodePoint(...hex.split('-').map((part) => Number.parseInt(part, 16)));
  return keywords[char] ?? keywords[`${char}\ufe0f`] ?? keywords[char.replaceAll('\ufe0f', '')] ?? [];
}
