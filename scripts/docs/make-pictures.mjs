// Makes the README's picture with the built command-line tool: `npm run build && node scripts/docs/make-pictures.mjs`.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

const CELL = 400;
const COLUMNS = 4;
const GAP = 8;
const root = join(import.meta.dirname, '..', '..');
const pictures = join(root, 'docs', 'pictures');

/**
 * @param {string} name file name without its ending
 * @param {readonly string[]} options of `concept submit`
 */
async function makeSheet(name, options) {
  const scratch = mkdtempSync(join(tmpdir(), 'concept-pictures-'));
  try {
    const out = join(scratch, 'out');
    const environment = { ...process.env, CONCEPT_HOME: join(scratch, 'home'), XDG_CONFIG_HOME: scratch };
    const words = ['bin/concept', 'submit', ...options, '--wait', '--quiet', '--out', out];
    execFileSync(process.execPath, words, { cwd: root, env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
    const files = readdirSync(out).filter((file) => file.endsWith('.png'));
    // `base.png` sorts after the numbered variations, and leads the sheet.
    const ordered = ['base.png', ...files.filter((file) => file !== 'base.png').toSorted()];
    const cells = await Promise.all(ordered.map((file) => sharp(join(out, file)).resize(CELL, CELL).toBuffer()));
    const rows = Math.ceil(cells.length / COLUMNS);
    const step = CELL + GAP;
    await sharp({
      create: { width: COLUMNS * step - GAP, height: rows * step - GAP, channels: 3, background: '#ffffff' },
    })
      .composite(
        cells.map((input, at) => ({ input, left: (at % COLUMNS) * step, top: Math.floor(at / COLUMNS) * step })),
      )
      .png({ palette: true, effort: 10 })
      .toFile(join(pictures, `${name}.png`));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

mkdirSync(pictures, { recursive: true });
await makeSheet('panda', ['--logo', 'A cute panda eating bamboo', '--theme', 'Minimalist, green and white']);
