/** Gateways before a project answer with whole pages: what one says, in a line. @param most characters. */
export function gatewayText(message: string, most: number): string {
  const text = message
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text.slice(0, most) || 'no reason given';
}
