import { describe, expect, it } from 'vitest';
import { plan } from './providers.ts';

/** Prompt -> words of which the hero's label must hold one. */
const ACCEPTED: Readonly<Record<string, string>> = {
  'A cute panda eating bamboo': 'panda',
  'a fox reading under a mountain moon': 'fox',
  rocket: 'rocket',
  'coffee roastery': 'beverage coffee',
  'law firm': 'scale classical',
  lighthouse: 'lighthouse',
  'bicycle repair shop': 'bicycle',
  'an owl with glasses': 'owl',
  'sushi restaurant': 'sushi',
  guitar: 'guitar',
  'cactus in a pot': 'cactus',
  'sailing boat': 'sailboat',
  'dinosaur museum': 'dinosaur tyrannosaurus',
  'honey bee': 'honeybee',
  'a wolf howling at the moon': 'wolf',
  'tea house': 'teapot teacup tea',
  'violin teacher': 'violin',
  'dentist for children': 'tooth toothbrush',
  'barber shop "Oxblood & Sons"': 'barber razor scissors',
  'Bakery called Golden Crumb': 'croissant bread baguette',
  'yoga studio by the sea': 'lotus',
  'quantum computing lab': 'atom',
  'cybersecurity startup': 'shield locked',
  'photography studio': 'camera',
  'flower shop': 'bouquet tulip rose',
  'pizza delivery': 'pizza',
  'vineyard in the hills': 'wine grapes',
  'space exploration startup': 'rocket',
  'a robot playing chess': 'robot',
  'turtle swimming in the ocean': 'turtle',
  'surf school': 'surfing wave',
  'an eagle over snowy peaks': 'eagle',
  'ice cream parlour': 'ice cream',
  'wedding planner': 'ring wedding bouquet',
  'brewery in an old barn': 'beer',
  'a koala with headphones': 'koala',
  'a submarine exploring the deep sea': 'submarine',
  'wind energy cooperative': 'wind',
  'camping gear for families': 'camping tent',
  'a mermaid playing the violin': 'mermaid merperson',
  'pet adoption charity': 'paw dog cat',
  'an octopus chef': 'octopus',
  'burger joint': 'hamburger',
  'a unicorn in a meadow': 'unicorn',
  'electric scooter rental': 'scooter',
  'chess club': 'chess',
  'The logo for my boxing gym': 'boxing',
  'a castle on a hill': 'castle',
  'strawberry jam maker': 'strawberry',
  'Design a logo with a majestic lion wearing a crown': 'lion',
};

const meets = (label: string, accepted: string): boolean => accepted.split(' ').some((word) => label.includes(word));

describe('the hero of a picture', () => {
  it('names the subject of at least 95 % of ordinary prompts', () => {
    const missed = Object.entries(ACCEPTED)
      .map(([prompt, accepted]) => ({ prompt, accepted, label: plan(prompt).scene.hero.label }))
      .filter(({ label, accepted }) => !meets(label, accepted));
    expect(Object.keys(ACCEPTED).length).toBeGreaterThanOrEqual(40);
    expect(missed.length / Object.keys(ACCEPTED).length, JSON.stringify(missed)).toBeLessThanOrEqual(0.05);
  });

  it('has company when the prompt names something to hold, wear or eat', () => {
    const seconds = ['a tiger eating a burger', 'an owl with glasses', 'a koala with headphones', 'a fox reading'].map(
      (prompt) => plan(prompt).scene.second?.label,
    );
    expect(seconds).toEqual(['hamburger', 'glasses', 'headphone', 'open book']);
  });

  it('is not taken from a brand name when the prompt says what the business is', () => {
    expect(plan('bicycle repair shop called Fox and Hound').scene.hero.label).toBe('bicycle');
    expect(plan('coffee roastery "Red Rocket"').scene.hero.label).toBe('hot beverage');
  });

  it('is an abstract mark with a warning when nothing is known', () => {
    for (const prompt of ['qwertz zxcvb', '熊猫', '🦊🦊', '???', '<script>alert(1)</script>']) {
      const { scene, warnings } = plan(prompt);
      expect(scene.hero.label, prompt).toBe('abstract mark');
      expect(warnings, prompt).toHaveLength(1);
      expect(warnings[0]).toContain('abstract mark');
    }
  });

  it('differs with the seed in how it is drawn, not in what it is', () => {
    const scenes = [0, 1, 2, 3, 4, 5, 6, 7].map((seed) => plan('a fox', 'forest', seed).scene);
    expect(new Set(scenes.map((scene) => scene.hero.label))).toEqual(new Set(['fox']));
    expect(new Set(scenes.map((scene) => scene.drawSeed)).size).toBe(8);
    expect(new Set(scenes.map((scene) => scene.archetype)).size).toBeGreaterThan(1);
  });
});
