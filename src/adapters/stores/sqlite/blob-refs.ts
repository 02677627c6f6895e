import type { Concept, StoredImage } from '../../../core/concept.ts';
import type { Task } from '../../../core/task.ts';
import type { Session } from './session.ts';

const REFER =
  'INSERT INTO blob_ref (path, task_seq, bytes) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET bytes = excluded.bytes';
const REFER_TO_CONCEPT = `
  INSERT INTO blob_ref (path, task_seq, bytes) SELECT image ->> 'path', ?, 0 FROM concept WHERE id = ?
  ON CONFLICT DO NOTHING`;

interface Source {
  readonly kind: string;
  readonly path?: string;
  readonly conceptId?: string;
}

/** Records which blobs a task works from: they outlive whatever else names them. Part of the running write. */
export function referInput(session: Session, seq: number, { input }: Task): void {
  for (const value of Object.values(input)) {
    if (typeof value !== 'object' || value === null) continue;
    const { kind, path, conceptId } = value as unknown as Source;
    if (kind === 'blob' && path !== undefined) session.run(REFER, path, seq, 0);
    if (kind === 'concept' && conceptId !== undefined) session.run(REFER_TO_CONCEPT, seq, conceptId);
  }
}

/** Records which blobs a concept names; the original of a refinement is not its own, so its size does not count. */
export function referConcept(session: Session, seq: number, { image, variations, refinement }: Concept): void {
  if (refinement) session.run(REFER, refinement.originalImagePath, seq, 0);
  referFiles(session, seq, [image, ...variations.map((variation) => variation.image)]);
}

export function referFiles(session: Session, seq: number, files: readonly StoredImage[]): void {
  for (const { path, bytes } of files) session.run(REFER, path, seq, bytes);
}
