import type { Concept, Variation } from '../../../core/concept.ts';
import { checksumOf } from '../../../core/checksum.ts';
import { canonicalJson } from '../../../core/input-hash.ts';
import { cutPage, pageBounds } from '../../../core/page-request.ts';
import type { ConceptStore } from '../../../ports/concept-store.ts';
import type { SqlValue } from './driver.ts';
import { resultDamaged } from './result-store.ts';
import type { Session } from './session.ts';
import { columnOf, jsonOrNull } from './task-row.ts';
import { isoOf, msOf } from './time.ts';

const INSERT_CONCEPT = `
  INSERT INTO concept (id, task_id, user_id, logo_description, theme_description, image, scene, refinement, warnings,
    created_at, checksum)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`;
const INSERT_VARIATION = `
  INSERT INTO variation (concept_seq, position, palette_name, colors, description, roles, image)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;
const SELECT_VARIATIONS = `
  SELECT palette_name, colors, description, roles, image FROM variation WHERE concept_seq = ? ORDER BY position`;

interface ConceptRow {
  readonly seq: number;
  readonly id: string;
  readonly task_id: string;
  readonly user_id: string;
  readonly logo_description: string;
  readonly theme_description: string;
  readonly image: string;
  readonly scene: string | null;
  readonly refinement: string | null;
  readonly warnings: string;
  readonly created_at: number;
  /** Null on rows from before there were checksums. */
  readonly checksum: number | null;
}

interface VariationRow {
  readonly palette_name: string;
  readonly colors: string;
  readonly description: string;
  readonly roles: string | null;
  readonly image: string;
}

export function sqliteConceptStore(session: Session): ConceptStore {
  return {
    get: (conceptId, options) =>
      session.read(options, () => {
        const row = session.one<ConceptRow>('SELECT * FROM concept WHERE id = ?', conceptId);
        if (!row || (options?.userId !== undefined && row.user_id !== options.userId)) return undefined;
        return wholeConceptOf(session, row);
      }),

    list: ({ userId, ...request }, options) =>
      session.read(options, () => {
        const bounds = pageBounds(request);
        const condition = userId === undefined ? '' : 'user_id = ? AND';
        const user: SqlValue[] = userId === undefined ? [] : [userId];
        const sql = `SELECT * FROM concept WHERE ${condition} seq < ? ORDER BY seq DESC LIMIT ?`;
        const found = session.all<ConceptRow>(sql, ...user, bounds.before, bounds.limit + 1);
        const { rows, nextCursor } = cutPage(found, bounds);
        return { concepts: rows.map((row) => wholeConceptOf(session, row)), nextCursor };
      }),
  };
}

/** Writes a concept with its variations; part of the running transaction. */
export function insertConcept(session: Session, concept: Concept): void {
  const { seq } = session.one<{ seq: number }>(
    INSERT_CONCEPT,
    concept.id,
    concept.taskId,
    concept.userId,
    concept.logoDescription,
    concept.themeDescription,
    JSON.stringify(concept.image),
    columnOf(concept.scene),
    columnOf(concept.refinement),
    JSON.stringify(concept.warnings),
    msOf(concept.createdAt, 'createdAt'),
    checksumOf(canonicalJson(concept)),
  )!;
  for (const [position, { palette, image }] of concept.variations.entries()) {
    const { name, colors, description, roles } = palette;
    const columns = [name, JSON.stringify(colors), description, columnOf(roles), JSON.stringify(image)] as const;
    session.run(INSERT_VARIATION, seq, position, ...columns);
  }
}

/** @throws ConceptError STORE_CORRUPT when what is stored is not what was written. */
function wholeConceptOf(session: Session, row: ConceptRow): Concept {
  const concept = conceptOf(session, row);
  if (row.checksum === null || row.checksum === checksumOf(canonicalJson(concept))) return concept;
  throw resultDamaged(row.task_id);
}

function conceptOf(session: Session, row: ConceptRow): Concept {
  return {
    id: row.id,
    taskId: row.task_id,
    userId: row.user_id,
    logoDescription: row.logo_description,
    themeDescription: row.theme_description,
    image: JSON.parse(row.image),
    variations: session.all<VariationRow>(SELECT_VARIATIONS, row.seq).map(variationOf),
    scene: jsonOrNull(row.scene) as Concept['scene'],
    refinement: jsonOrNull(row.refinement) as Concept['refinement'],
    warnings: JSON.parse(row.warnings),
    createdAt: isoOf(row.created_at),
  };
}

function variationOf({ palette_name, colors, description, roles, image }: VariationRow): Variation {
  const palette = { name: palette_name, colors: JSON.parse(colors), description };
  return { palette: roles === null ? palette : { ...palette, roles: JSON.parse(roles) }, image: JSON.parse(image) };
}
