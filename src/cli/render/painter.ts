/** Gives a text its style, by escapes around it. */
export type Painter = (text: string) => string;

export const unstyled: Painter = (text) => text;
