const PLAIN = /^[\w.,:@%+=/-]+$/;

/** A text as one word of a shell's command line, for hints that can be pasted. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
