/** The input of a generation task. */
export interface MainJob {
  readonly logoDescription: string;
  readonly themeDescription: string;
  readonly numPalettes: number;
  readonly seed: number;
}

export const LOGOS = ['a fox reading a book', 'a cute panda eating bamboo', 'a lighthouse at night', 'a sailing boat'];
export const THEMES = ['night blues', 'minimalist, green and white', 'warm autumn colours'];
