import { readFile } from 'node:fs/promises';
import { isTastefulColourName } from './colour-name-taste.mjs';

const LISTS = new URL('./word-lists/', import.meta.url);
const readList = (file) => readFile(new URL(file, LISTS), 'utf8');
const meaningfulLines = (text) => text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));

/** Keeps the lexicon's targets that the catalogue has; a term without any left is dropped with its line. */
export async function buildLexicon(names) {
  const lines = [];
  let dropped = 0;
  let terms = 0;
  for (const line of meaningfulLines(await readList('lexicon.txt'))) {
    const colon = line.lastIndexOf(':');
    const targets = line
      .slice(colon + 1)
      .split(',')
      .map((target) => target.trim());
    const known = targets.filter((target) => names.has(target));
    dropped += targets.length - known.length;
    if (known.length === 0) continue;
    terms += line.slice(0, colon).split('|').length;
    lines.push(`${line.slice(0, colon)}: ${known.join(', ')}`);
  }
  return { text: `${lines.join('\n')}\n`, terms, dropped };
}

/** Theme words with their colours and moods; a line of another shape is a mistake in the list. */
export async function buildThemes() {
  const lines = meaningfulLines(await readList('themes.txt'));
  for (const line of lines) {
    if (!/^[^:]+:\s*(#[0-9a-f]{6}\s*){3,6}\|.+$/.test(line)) throw new Error(`unreadable theme: ${line}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Colour names fit for print. */
export async function buildColourNames() {
  const all = JSON.parse(await readList('colour-names.json'));
  const kept = all.filter(([name]) => isTastefulColourName(name));
  return { text: `${JSON.stringify(kept)}\n`, kept: kept.length, dropped: all.length - kept.length };
}
