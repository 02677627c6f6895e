import type { Library } from '../assets/library.ts';
import type { Motif } from '../assets/motif.ts';

/** Drawings that show a creature's head alone; with shoulders they can hold or wear something. */
const HEADS =
  /^fe:(fox|wolf|bear|panda|koala|lion|tiger-face|cat-face|dog-face|rabbit-face|mouse-face|hamster|monkey-face|pig-face|cow-face|horse-face|unicorn|frog|polar-bear|raccoon|boar|moose|dragon-face|robot|alien)$/;

const HEAD_OF: Readonly<Record<string, string>> = {
  'fe:tiger': 'fe:tiger-face',
  'fe:cat': 'fe:cat-face',
  'fe:black-cat': 'fe:cat-face',
  'fe:dog': 'fe:dog-face',
  'fe:rabbit': 'fe:rabbit-face',
  'fe:mouse': 'fe:mouse-face',
  'fe:monkey': 'fe:monkey-face',
  'fe:pig': 'fe:pig-face',
  'fe:cow': 'fe:cow-face',
  'fe:horse': 'fe:horse-face',
  'fe:dragon': 'fe:dragon-face',
};

const HANDS_BUSY = /\b(eating|drinking|holding|reading|wearing|with|hugging|playing|sipping|enjoying)\b/;

export const isHead = (motifId: string): boolean => HEADS.test(motifId);

/** A creature that holds or wears something is shown as head and shoulders. The label stays what was asked for. */
export function poseOf(motif: Motif, given: { logo: string; hasCompany: boolean }, library: Library): Motif {
  const headId = HEAD_OF[motif.id];
  if (headId === undefined || !given.hasCompany || !HANDS_BUSY.test(given.logo.toLowerCase())) return motif;
  const head = library.motifById(headId);
  return head === undefined ? motif : { ...head, label: motif.label };
}

const TOO_BIG_TO_HOLD =
  /(castle|house|building|bus|automobile|truck|ship|boat|train|rocket|tree|couch|bed|door|window|elevator|bathtub|cityscape|ferris|roller|carousel|tent|bicycle|motorcycle|scooter)/;

/** Things that paws can hold, or a head can wear. */
export function canBeHeld(motif: Motif): boolean {
  if (TOO_BIG_TO_HOLD.test(motif.label)) return false;
  return motif.kind === 'food' || motif.kind === 'object' || motif.kind === 'activity' || motif.kind === 'plant';
}

/** Where on a head a thing is worn; null for what is held. */
export function wornOn(motif: Motif): 'ears' | 'top' | 'eyes' | null {
  if (/headphone/.test(motif.label)) return 'ears';
  if (/\b(hat|crown|cap|helmet)\b/.test(motif.label)) return 'top';
  if (/(glasses|goggles)/.test(motif.label)) return 'eyes';
  return null;
}
