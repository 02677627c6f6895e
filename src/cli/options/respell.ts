/** What is in quotes is the user's own; fields of the SDK that are two words cannot be taken for prose. */
const QUOTED_OR_FIELD = /"(?:[^"\\]|\\.)*"|\b[a-z]+[A-Z]\w*/g;

/** A message with the SDK's names of fields as `names` spells them. */
export function respell(message: string, names: Readonly<Record<string, string>>): string {
  return message.replace(QUOTED_OR_FIELD, (word) => (Object.hasOwn(names, word) ? names[word]! : word));
}
