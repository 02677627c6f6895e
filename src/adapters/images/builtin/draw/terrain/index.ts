import type { Terrain } from '../../scene/builtin-scene.ts';
import { city, dunes, space } from './built.ts';
import { field, forest, jungle } from './growth.ts';
import { hills, type TerrainPainter } from './land.ts';
import { mountains } from './mountains.ts';
import { lake, sea, underwater } from './waters.ts';

/** Ordered from the horizon to the viewer: the order in which several are drawn. */
export const TERRAIN_PAINTERS: Readonly<Record<Terrain, TerrainPainter>> = {
  space,
  mountains,
  city,
  hills,
  forest,
  jungle,
  field,
  dunes,
  lake,
  sea,
  underwater,
};
