import { initial } from './0001-initial.ts';
import { engine } from './0002-engine.ts';

/** In order; a file's `user_version` is the number of those it has seen. Append only: shipped ones never change. */
export const MIGRATIONS: readonly string[] = [initial, engine];
