import type { Raster } from '../../../../imaging/raster.ts';

/** Carries out one kind of clause. Null: the clause asks for something else, or the image has nothing that it could change. */
export type Edit = (raster: Raster, clause: string) => Raster | null;
