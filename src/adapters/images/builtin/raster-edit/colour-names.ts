/** Colours by name: the CSS names and what people call colours in briefs. */
export const COLOUR_NAMES: Readonly<Record<string, string>> = parseTable(`
  black 000000 white ffffff gray 808080 grey 808080 silver c0c0c0 charcoal 36454f graphite 41424c slate 64748b ash b2beb5
  smoke 738276 snow fffafa ivory fffff0 cream fff5d6 eggshell f0ead6 beige f0e6cc linen faf0e6 bone e3dac9 pearl eae0c8
  sand d9c193 tan d2b48c taupe 8b7d6b khaki c3b091 camel c19a6b brown 7b4a2b chocolate 5c3317 coffee 4b3621 mocha 7b5b4c
  sienna a0522d umber 635147 chestnut 954535 mahogany 6e2c1b cinnamon c0622e caramel c68e4e copper b87333 bronze a9712f
  rust b7410e terracotta cb6d51 brick b03a2e clay b66a50 red d7263d scarlet ff2400 crimson dc143c ruby 9b111e cherry c2183d
  maroon 6b1a24 burgundy 6d0f2b wine 722f37 oxblood 4a0a0f vermilion e34234 tomato ff6347 coral ff7f61 salmon fa8072
  peach ffcba4 apricot fbceb1 orange f57c1f tangerine f28500 amber ffbf00 pumpkin ff7518 saffron f4c430 gold d4a017
  golden d4a017 mustard d8a31a yellow ffd60a lemon fff44f canary ffef5a honey eb9605 ochre c77e23 straw e4d96f olive 6b7a1e
  chartreuse 7fff00 lime 8fd400 green 2e9e4f emerald 1fa774 jade 00a86b mint 98e8c1 sage 9caf88 forest 1f5b34 moss 6f7d3c
  pine 01604f fern 4f7942 basil 4a6b3a avocado 568203 pistachio 93c572 seafoam 93e9be jungle 1f7a5a teal 008080
  turquoise 30c9c0 aqua 22d3ee cyan 00bcd4 aquamarine 7fffd4 azure 2f86e5 sky 7cc7f2 blue 2463eb cobalt 0047ab navy 14213d
  midnight 191970 indigo 3f2b96 sapphire 0f52ba royal 4169e1 denim 1f5fa8 cerulean 2a7fb8 steel 4682b4 ice c9ebf7
  powder b0d9e8 petrol 005f6a ocean 1f6f9f marine 0b4f7a ultramarine 3f2bbf periwinkle 9ea7f0 lavender b9a5e2 lilac c8a2c8
  mauve c79fd0 violet 7f3fd0 purple 7b2fa3 amethyst 9966cc plum 8e4585 eggplant 4f2a4f aubergine 4a2545 grape 6f2da8
  orchid da70d6 magenta e0218a fuchsia e930a7 pink f78fb3 rose f2688f blush f4c2c2 raspberry d2185b strawberry e8475f
  bubblegum ff9ecb flamingo fc8eac watermelon f2506e mulberry c54b8c wheat f5deb3 thistle d8bfd8 peru cd853f
  goldenrod daa520 firebrick b22222 gainsboro dcdcdc seashell fff5ee hotpink ff69b4 deeppink ff1493 skyblue 87ceeb
  steelblue 4682b4 royalblue 4169e1 slategray 708090 darkgreen 145a32 darkblue 10206b darkred 8b0f0f lightblue a8d8f0
  lightgreen a5e0a0 neon 39ff14
`);

function parseTable(table: string): Record<string, string> {
  const words = table.trim().split(/\s+/);
  const entries: Array<[string, string]> = [];
  for (let index = 0; index < words.length; index += 2) entries.push([words[index]!, `#${words[index + 1]!}`]);
  return Object.fromEntries(entries);
}
