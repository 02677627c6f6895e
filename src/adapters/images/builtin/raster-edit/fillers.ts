/** Words that may stand in a list of colours. */
export const LIST_FILLERS: ReadonlySet<string> = wordSet(
  'and or with a an some the color colour colors colours tones accents',
);

/**
 * Words that carry no wish of their own. A clause with any word that is neither one of these nor understood asks for more than
 * colours ("add a red hat"), and must not be half applied.
 */
export const FILLERS: ReadonlySet<string> = new Set([
  ...LIST_FILLERS,
  ...wordSet(`
  make it its it's this that them these those is be are should would could please can you i we want like to into in of for from
  on by at as all whole entire everything overall just only use using apply change turn set give go try have get keep render
  do let recolor recolour colored coloured paint color-scheme logo image picture icon mark design art artwork concept graphic
  palette palettes scheme theme tone toned shade shades hue hues look looks looking feel feels style styled version variant
  more much very really far lot slightly bit little somewhat even quite a-bit increase raise higher high strong stronger
  mostly mainly primarily based main dominant my our new`),
]);

function wordSet(words: string): Set<string> {
  return new Set(words.trim().split(/\s+/));
}
