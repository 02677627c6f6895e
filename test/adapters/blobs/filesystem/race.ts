const BLOBS = 250;

/** Blobs that processes fight over, each in a folder of its own, so that removals take the folders, too. */
export function pathsOf(): string[] {
  return Array.from({ length: BLOBS }, (_, index) => `u1/t${index}/image.png`);
}

export function bytesOf(path: string): Uint8Array {
  return Buffer.from(path.repeat(50));
}
