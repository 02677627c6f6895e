// C0, DEL and C1, the separators that count as line breaks, and everything that turns the direction of writing.
// oxlint-disable-next-line no-control-regex -- replacing control characters is this expression's purpose
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/**
 * A text from elsewhere (user, provider, file system, error) as one line that cannot forge another, drive the terminal
 * or disguise itself: control and bidirectional characters become a space. Styles are painted around the result.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, ' ');
}
