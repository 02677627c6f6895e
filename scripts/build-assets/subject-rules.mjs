// Which drawings make a subject for a logo. Emoji sets are full of things that are not: user-interface tiles, flags,
// clocks, skin-tone variants and faces that stand for a mood.

const KIND_OF_CATEGORY = {
  'Animals & Nature': 'animal',
  'Food & Drink': 'food',
  'Travel & Places': 'place',
  'People & Body': 'people',
  'Smileys & Emotion': 'face',
  Activities: 'activity',
  Objects: 'object',
  Symbols: 'symbol',
  Flags: 'flag',
};

/** Drawings that the metadata files under no category. */
const UNCATEGORISED = { octopus: 'animal' };

const PLANT =
  /^(blossom|bouquet|cactus|cherry-blossom|deciduous-tree|evergreen-tree|fallen-leaf|four-leaf-clover|herb|hibiscus|hyacinth|leaf-.*|lotus|maple-leaf|palm-tree|potted-plant|rose|rosette|seedling|shamrock|sheaf-of-rice|sunflower|tulip|white-flower|wilted-flower|coral|spiral-shell|feather|wing|empty-nest|nest-with-eggs|spider-web|paw-prints|microbe|pig-nose)$/;

export function kindOfCategory(category, name) {
  const kind = KIND_OF_CATEGORY[category] ?? UNCATEGORISED[name] ?? null;
  return kind === 'animal' && PLANT.test(name) ? 'plant' : kind;
}

const SKIN_TONE = /-(light|medium|dark)$/;

const DROPPED =
  /(-oclock|-thirty|^flag(?!-in-hole)|moon-face|^keycap|-button|^(open|closed)-mailbox|-mailbox-|^(new|first-quarter|last-quarter|waxing|waning)-|-(circle|square)$|^map-of|-suit$|^mahjong|^flower-playing|^joker|with-yen$|^incoming|^envelope-with|^(in|out)box|^card-(file|index)|-file-folder|^(speaker|muted)-|^mobile-phone-with|^locked-with|^bell-with|^pager|^trackball|^cigarette|^briefs|^bikini|^one-piece|^shorts|^toilet|^drop-of-blood|^syringe|^coffin|^headstone|^funeral|^love-hotel|^red-envelope|^page-|^bookmark-tabs|^identification|^spiral-notepad|^tear-off|^round-pushpin|^linked-|^light-rail|^oncoming-|^articulated|^sun-with-face|^sun-behind-(large|small)|^seat$|^bus-stop|^stop-sign|^construction$|^motorway|^cyclone|^dotted|^hole$|^pistol|^water-pistol|^cockroach|^mosquito|^fly$|^japanese-(post|dolls)|^non-|^worm$|^microbe$|^pig-nose$)/;

const PEOPLE =
  /^(astronaut|detective|cook|firefighter|farmer|pilot|artist|singer|scientist|mechanic|teacher|judge|student|technologist|health-worker|factory-worker|office-worker|construction-worker|snowboarder|skier|guard|ninja|santa-claus|prince|princess|baby|brain|tooth|bone|lungs|anatomical-heart|eye|eyes|ear|nose|foot|footprints|handshake|raised-fist|oncoming-fist|victory-hand|writing-hand|nail-polish|mouth|flexed-biceps|folded-hands|sign-of-the-horns|horse-racing|people-hugging|woman-dancing|man-dancing|woman-merpeople|man-merpeople|person-(merpeople|fairy|mage|vampire|elf|superhero|zombie|genie|in-lotus-position|surfing|biking|mountain-biking|swimming|rowing-boat|lifting-weights|golfing|climbing|fencing|running|cartwheeling|juggling|with-crown|wrestling))$/;

const FACES =
  /^(ghost|alien|alien-monster|robot|skull|skull-and-crossbones|ogre|goblin|red-heart|heart-on-fire|heart-with-arrow|heart-with-ribbon|sparkling-heart|see-no-evil-monkey|speech-balloon|thought-balloon|bomb|collision|dizzy|clown-face|cowboy-hat-face|nerd-face|smiling-face-with-sunglasses|love-letter|hundred-points)$/;

const SYMBOLS = /^(fleur-de-lis|trident-emblem|infinity|medical-symbol|recycling-symbol|sparkle)$/;

/** True for a drawing that stands for a thing, an animal, a plant, a place or a role. */
export function isSubject(name, kind) {
  if (kind === null || kind === 'flag' || SKIN_TONE.test(name) || DROPPED.test(name)) return false;
  if (kind === 'people') return PEOPLE.test(name);
  if (kind === 'face') return FACES.test(name);
  if (kind === 'symbol') return SYMBOLS.test(name);
  return true;
}
