// C0 and C1 control characters except tab and line breaks, plus the bidirectional overrides that can disguise text.
// oxlint-disable-next-line no-control-regex -- removing control characters is this expression's purpose
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A text from outside without control characters and without space around it; tabs and line breaks stay. */
export function cleanText(text: string): string {
  return text.replace(CONTROL_CHARACTERS, '').trim();
}
