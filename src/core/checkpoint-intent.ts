/** Begins the name of a checkpoint that says: a paid call is about to be made, its outcome is not known yet. */
export const INTENT_PREFIX = 'intent:';
