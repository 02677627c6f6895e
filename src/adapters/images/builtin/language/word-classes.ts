const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Carries no meaning for the search. */
export const STOP_WORDS =
  words(`a an the and or of for to in on at by with from into onto over under above below near beside
  between through across that which who whom whose is are was be been being it its his her their our my your this these those
  as very really some any all each per via & plus made make makes making create design draw please want need needs like us we i
  you me him them they he she not no just about around using use has have having had called named titled`);

/** Says that a logo is wanted, or how it should feel, and nothing about its subject. */
export const GENERIC_WORDS =
  words(`logo logos brand brands branding company companies startup startups business businesses firm
  agency studio studios app application platform service services product products project team group inc ltd llc co gmbh corp
  corporation organisation organization enterprise initiative concept icon emblem badge mark symbol identity image picture
  illustration style feel vibe look theme mood colour color colours colors something thing things kind sort type person local
  small big little large new old family families own modern minimal minimalist simple clean elegant bold playful classic vintage
  retro hand-drawn handdrawn hand drawn geometric abstract luxury luxurious premium friendly cute funny happy world global
  international national best good great nice beautiful since generations generation stylish inspired based focused driven shaped
  one two three four five six seven eight nine ten first third single double many several few more most every run family-run
  handmade artisan artisanal craft crafted bespoke independent sustainable award-winning high-end high quality fresh natural
  homemade tasty delicious majestic mighty lovely cool cartoon mascot`);

/** What holds the subject: "coffee shop" is about coffee. */
export const CONTAINER_WORDS =
  words(`shop store house club school academy center centre clinic hospital lab laboratory institute
  association society union cooperative collective foundation charity festival conference workshop parlour parlor salon bar market
  stall truck van boutique factory warehouse office room hall gallery museum magazine blog newsletter podcast channel network
  agency consultancy practice rental tracker guide teacher teachers student students kids children kid child teenagers women men
  mens womens woman man boy girl lovers fans community organisation planner maker makers installer department unit brand bureau
  gear supply supplies equipment accessory accessories goods kit sauce recipe pop-up popup stand vendor seller dealer specialist
  expert experts provider solution solutions system systems tool co-op coop circle squad crew league tournament championship event
  events camp course courses class classes lesson lessons training group groups chain franchise line range wear pot`);

/** A kind of business: the subject only when nothing more specific stands beside it. */
export const BROAD_WORDS =
  words(`restaurant bistro eatery diner delivery gym school hospital clinic charity non-profit nonprofit
  ngo repair lab laboratory research science museum academy college university bar pub agency consultancy consulting retail
  ecommerce software app saas startup engineering gallery art store shop market farm cleanup rescue adoption resort hotel travel
  tourism events planner maintenance workshop garden house kitchen writing education learning game games gaming health medical
  fashion foundation electronics company energy rental studio journey trip tour tours insurance therapy media band team`);

/** Describes the manner or the material. */
export const STYLE_WORDS =
  words(`nordic scandinavian japanese mexican italian french german tokyo berlin paris mediterranean
  brutalist cyberpunk steampunk baroque gothic bauhaus deco nouveau victorian american americana western rustic cosy cozy warm
  calm quiet fierce daring late-night late early mobile personal electric true digital smart sleeping happy angry wise brave tiny
  giant wooden golden silver black white red blue green yellow orange purple pink brown grey gray dark light bright pastel neon
  street hot cold wild royal sailing flying racing`);

/** Links the subject with what it holds, eats or rides. */
export const ACTION_WORDS =
  words(`reading eating drinking holding riding playing wearing sitting standing sleeping flying
  running jumping perched sipping guarding crossing rising chasing carrying hugging kissing sharing surfing enjoying watching
  driving climbing swimming howling roaring dancing singing smiling resting dreaming cooking baking fishing forming`);

/** Things that an action implies: somebody who reads holds a book. */
export const ACTION_OBJECTS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<readonly string[]>({
    reading: ['open book', 'books'],
    drinking: ['hot beverage'],
    surfing: ['person surfing'],
    fishing: ['fishing pole'],
  }),
);

/** Puts what follows into the background. */
export const PLACE_PREPOSITIONS = words(
  'under over in on at by near beside above below across through into inside against behind from',
);
