export interface InspectedImage {
  readonly contentType: string;
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
}

/** Checks an upload at the door: whatever is refused here never becomes a task. */
export interface ImageInspector {
  /** @throws IMAGE_UNREADABLE, IMAGE_UNSUPPORTED or IMAGE_TOO_LARGE */
  inspect(bytes: Uint8Array): Promise<InspectedImage>;
}
