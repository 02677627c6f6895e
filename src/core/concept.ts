/** What a palette colour is used for; only palettes of a provider that plans scenes carry roles. */
export type PaletteRole = 'bg' | 'surface' | 'primary' | 'secondary' | 'accent' | 'ink' | 'onPrimary';

export interface Palette {
  readonly name: string;
  /** Lower-case `#rrggbb`, most important first. */
  readonly colors: readonly string[];
  readonly description: string;
  readonly roles?: Readonly<Record<PaletteRole, string>>;
}

/** An image in the blob store. */
export interface StoredImage {
  /** Blob path: `<user>/<task>/<sha256-prefix>.<ext>`. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly contentType: string;
  /** Hex SHA-256 of the bytes. */
  readonly sha256: string;
}

export interface Variation {
  readonly palette: Palette;
  readonly image: StoredImage;
}

/** What a provider drew, as data: enough to draw it again in other colours. Unknown fields belong to the provider. */
export interface Scene {
  readonly archetype: string;
  readonly hero: { readonly label: string } & Readonly<Record<string, unknown>>;
  readonly second: ({ readonly label: string } & Readonly<Record<string, unknown>>) | null;
  readonly palette: Palette;
  readonly [field: string]: unknown;
}

/** How a refined concept came from its original. */
export interface Refinement {
  readonly prompt: string;
  /** The concept that was refined, when the original was one. */
  readonly parentConceptId: string | null;
  /** The URL the original came from, when it came from one. */
  readonly originalImageUrl: string | null;
  /** The original as it was refined, stored beside the result. */
  readonly originalImagePath: string;
  /** Clauses of the prompt that were carried out. */
  readonly applied: readonly string[];
  /** Clauses that were not understood or cannot be done. */
  readonly ignored: readonly string[];
}

export interface Concept {
  readonly id: string;
  readonly taskId: string;
  readonly userId: string;
  readonly logoDescription: string;
  readonly themeDescription: string;
  readonly image: StoredImage;
  readonly variations: readonly Variation[];
  readonly scene: Scene | null;
  readonly refinement: Refinement | null;
  /** Remarks for the reader, such as "animated image: only its first frame was used". */
  readonly warnings: readonly string[];
  readonly createdAt: string;
}

/** The concept's id is its task's id: a task that is delivered twice cannot make two concepts. */
export function conceptIdOf(taskId: string): string {
  return taskId;
}
