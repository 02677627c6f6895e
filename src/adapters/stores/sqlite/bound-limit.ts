/**
 * A limit that is a parameter. Written as a sum because SQLite looks at the value of a bare parameter to plan by it, and plans the
 * statement anew whenever one is bound: that costs more than a short walk along an index.
 */
export const BOUND_LIMIT = 'LIMIT 0 + ?';
