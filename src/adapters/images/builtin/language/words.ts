/** Lower case, without possessives and punctuation: letters, digits, `&`, `+` and `-` remain. */
export function normaliseText(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFC')
    .replace(/[’']s\b/g, '')
    .replace(/[’']/g, '')
    .replace(/[^\p{L}\p{N}&+-]+/gu, ' ')
    .trim();
}

const IRREGULAR: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    wolves: 'wolf',
    knives: 'knife',
    leaves: 'leaf',
    loaves: 'loaf',
    shelves: 'shelf',
    calves: 'calf',
    lives: 'life',
    mice: 'mouse',
    geese: 'goose',
    teeth: 'tooth',
    feet: 'foot',
    men: 'man',
    women: 'woman',
    children: 'child',
    oxen: 'ox',
    cacti: 'cactus',
    octopuses: 'octopus',
    octopi: 'octopus',
    ponies: 'pony',
    cookies: 'cookie',
    pies: 'pie',
    movies: 'movie',
    ties: 'tie',
    shoes: 'shoe',
    canoes: 'canoe',
    horses: 'horse',
    houses: 'house',
    roses: 'rose',
    vases: 'vase',
    noses: 'nose',
    axes: 'axe',
    bus: 'bus',
    gas: 'gas',
    lens: 'lens',
    series: 'series',
    species: 'species',
    news: 'news',
    jeans: 'jeans',
    skis: 'skis',
    scissors: 'scissors',
    glasses: 'glasses',
    sunglasses: 'sunglasses',
    canvas: 'canvas',
    tennis: 'tennis',
    christmas: 'christmas',
    atlas: 'atlas',
    always: 'always',
    chaos: 'chaos',
    swiss: 'swiss',
  }),
);

/** The singular of an English noun, by ending: enough to meet names and keywords, no linguistics. */
export function lemmaOf(word: string): string {
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(sses|shes|ches|xes|zes|oes)$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !/(ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

/** Normalised words as lemmas, joined by one space: the form in which names, keywords and prompts are compared. */
export function foldWords(text: string): string {
  return normaliseText(text).split(' ').map(lemmaOf).join(' ');
}
