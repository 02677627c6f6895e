// The source list is crowd-written: it holds slang, brands, peoples and bodily things that have no place on a palette.

const BLOCKED_WORDS =
  /\b(death|dead|blood\w*|corpse|poo|poop|pee|piss|vomit|puke|snot|booger|sex\w*|nude|naked|bitch|ass|devil\w*|satan\w*|hell|kill\w*|murder|suicide|drunk\w*|whore|slut|nazi|hitler|urine|dirt\w*|toilet|fart|flesh\w*|skin|spanish|virgin|bikini|lust\w*|porn|nipple|diarrhea|phlegm|mucus|barf|sewer|zombie|cadaver|gangrene|trump|gypsy|geisha|squaw|indian|inuit|oriental|eskimo|negro|cracker|homo\w*|gay|mordor|blasphem\w*|amnesiac|slime|alarming|toxic|poison\w*|venom\w*|weird|creepy|ugly|nasty|gross|rotten|rotting|moldy|mould\w*|sick\w*|ill|plague|disease|wound|bruise\w*|scab|pus|spit|drool|sweat\w*|armpit|butt|bum|booty|boob\w*|thong|lingerie|kinky|naughty|hooker|pimp|cocaine|heroin|weed|opium|marijuana|bong|beer|gun\w*|bullet|bomb\w*|war|warrior|assassin|demon\w*|ghoul\w*|grave\w*|coffin|funeral|tomb|skeleton|skull|vampire|witch\w*|jesus|christ|god|buddha|allah|holy|priest\w*|nun|monk|pope|cursed|placebo|queer|lips|grim|paid|paying|very|furry|hairy|nude|lusty|idiot|stupid|dumb|loser|fat|rampant|voracious|chivalrous|black power|kenyan|african|american|mexican|chinese|japanese|russian|german|french|turkish|persian|egyptian|moroccan|cuban|jamaican|hawaiian|polish|irish|scottish|english|british|dutch|greek|roman|tuscan|arab\w*|jewish|hindu|muslim|viking|savage|barbarian|tribal|native|geek|nerd\w*|moist|sexy|seduc\w*|mistress|bride|lover\w*|romeo|casanova|thug\w*|gangster|mafia|pirate\w*|drug\w*|rehab|hangover|tipsy|wasted|trash\w*|garbage|rubbish|junk|fungus|fungal|mildew|dung|manure|guano|swine|rat|maggot|roach|leech)\b/i;

const BLOCKED_BRANDS =
  /\b(pok[eé]mon|pikachu|batman|marvel|ikea|facebook|twitter|google|tiffany|barbie|coca|cola|pepsi|starbucks|mcdonald\w*|lego|ferrari|android|nintendo|mario|luigi|disney|shrek|smurf\w*|sith|jedi|hulk|pacman|pac-man|sonic|avengers|gotham|fallout|klingon|hogwarts|kermit|garfield|simpson\w*|homer|zelda|warcraft|minecraft|python|javascript|commodore|ibm|facebook|vegeta|goku|super saiyan|millennial|ducati|lamborghini|tesla|nasa)\b/i;

const PRINTABLE = /^[\p{L}' -]{3,22}$/u;

/** True for a name of one to three plain words with nothing on the block lists. */
export function isTastefulColourName(name) {
  return PRINTABLE.test(name) && name.split(' ').length <= 3 && !BLOCKED_WORDS.test(name) && !BLOCKED_BRANDS.test(name);
}
