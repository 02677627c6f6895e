import type { Palette, Scene } from '../core/concept.ts';
import type { CallOptions } from './task-store.ts';

export interface GenerateImageRequest {
  readonly logoDescription: string;
  readonly themeDescription: string;
  /** Equal requests with equal seeds give equal bytes, where the provider is deterministic. */
  readonly seed: number;
}

export interface GeneratedImage {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** What was drawn, when the provider plans scenes; else null. */
  readonly scene: Scene | null;
  readonly warnings: readonly string[];
}

export interface EditImageRequest {
  readonly image: { readonly bytes: Uint8Array; readonly contentType: string };
  /** The scene of the image, when it has one. */
  readonly scene: Scene | null;
  readonly prompt: string;
  readonly seed: number;
}

export interface EditedImage extends GeneratedImage {
  readonly applied: readonly string[];
  readonly ignored: readonly string[];
}

export interface ImageProviderFlags {
  /** Its scenes can be drawn again in another palette with {@link ImageProvider.render}, free of charge. */
  readonly scenes: boolean;
  /** `generate` and `edit` cost money: they are never repeated blindly. */
  readonly paid: boolean;
}

/** Makes images. Errors: PROVIDER_FAILED (retryable), PROVIDER_REFUSED, UNSUPPORTED_EDIT. */
export interface ImageProvider {
  readonly name: string;
  readonly flags: ImageProviderFlags;
  generate(request: GenerateImageRequest, options?: CallOptions): Promise<GeneratedImage>;
  /** Changes an image by a prompt. @throws UNSUPPORTED_EDIT when no clause of the prompt could be applied. */
  edit(request: EditImageRequest, options?: CallOptions): Promise<EditedImage>;
  /** Draws a scene of this provider in another palette, as PNG. Only with `flags.scenes`. */
  render(scene: Scene, palette: Palette, options?: CallOptions): Promise<Uint8Array>;
}
