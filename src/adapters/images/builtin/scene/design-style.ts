import { lemmaOf, normaliseText } from '../language/words.ts';

/** A family of looks; decides which compositions and outlines are likely. */
export type DesignStyle = keyof typeof STYLE_WORDS | 'plain';

const STYLE_WORDS = {
  vintage:
    'vintage retro old-school heritage antique 1970s 70s 50s 1950s americana heirloom classic victorian barber oxblood brass parchment brewery pub',
  luxury:
    'luxury luxe elegant premium couture champagne ivory wedding bridal jewelry jewellery perfume opulent understated ballet spa',
  playful:
    'kids kid children playful fun cheerful cute happy candy bubbly toy cartoon pet puppy teddy circus carnival burger friendly ghost game koala monkey panda',
  tech: 'tech technology ai cyber cybersecurity quantum data digital software startup app robot robotics electric circuit fintech analytics crypto blockchain saas space orbital satellite future graphite ultraviolet scooter rocket',
  organic:
    'organic natural farm botanical herb handmade hand-drawn handdrawn rustic craft garden plant-based vegan eco wellness meadow pasture bakery bread honey bee cactus',
  bold: 'sport gym fitness boxing racing rock band climbing fierce energy energetic power team hot motor steel industrial construction',
  corporate:
    'law legal firm bank finance consulting consultancy insurance accounting corporate estate institute hospital medical clinic trustworthy',
  nordic: 'nordic scandinavian minimal minimalist hygge norwegian snow birch fjord modern simple clean',
  wellness: 'yoga meditation wellness calm zen mindful therapy lotus',
  fantasy: 'fantasy magic wizard dragon medieval knight castle mermaid unicorn enchanted fairy haunted gothic',
  japanese: 'japanese tokyo sushi ramen kyoto zen samurai lacquer',
} as const;

const STYLE_BY_WORD = new Map(
  (Object.entries(STYLE_WORDS) as [DesignStyle, string][]).flatMap(([style, words]) =>
    words.split(' ').map((word) => [word, style] as const),
  ),
);

/** A word about the logo says more about its look than a word about the theme. */
const LOGO_WEIGHT = 1.4;

/** The style that most words of a brief speak for. */
export function designStyleOf(logo: string, theme: string): DesignStyle {
  const votes = new Map<DesignStyle, number>();
  const vote = (text: string, weight: number): void => {
    for (const word of new Set(normaliseText(text).split(' '))) {
      const style = STYLE_BY_WORD.get(word) ?? STYLE_BY_WORD.get(lemmaOf(word));
      if (style !== undefined) votes.set(style, (votes.get(style) ?? 0) + weight);
    }
  };
  vote(logo, LOGO_WEIGHT);
  vote(theme, 1);
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'plain';
}
