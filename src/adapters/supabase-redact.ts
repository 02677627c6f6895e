/** Keys in either form, and signed tokens: none belongs in a message or a log. */
const SECRETS = /\bsb_(?:secret|publishable)_[\w-]+|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;
const REDACTED = '[redacted]';

/** Takes keys and tokens out of texts that servers and clients wrote. @param secrets what is secret whatever it looks like */
export function redactor(secrets: readonly string[]): (text: string) => string {
  // An empty one would be found between any two letters.
  const known = secrets.filter((secret) => secret.trim().length > 3).flatMap((secret) => [secret, secret.trim()]);
  return (text) => known.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text).replace(SECRETS, REDACTED);
}
