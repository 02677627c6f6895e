/** The fencing token of a claim: the task, the number of the claim's event and the task's row. */
export function tokenOf({ id, seq }: { readonly id: string; readonly seq: number }, number: number): string {
  return `${id}/${number}/${seq}`;
}

/** The number of the event of the claim that a token is of; 0 when leases had another form then. */
export function claimNumberOf(token: string): number {
  let slash = token.length - 1;
  while (slash >= 0 && token.charCodeAt(slash) !== SLASH) slash--;
  return numberBefore(token, slash);
}

/** The number of the row that a token is of. */
export function rowOf(token: string): number {
  return numberBefore(token, token.length);
}

const SLASH = 47;
const ZERO = 48;

/** Read from behind, digit by digit: a completion is too short a thing to cut strings for. */
function numberBefore(token: string, end: number): number {
  let number = 0;
  let place = 1;
  for (let at = end - 1; at >= 0 && token.charCodeAt(at) !== SLASH; at--) {
    const digit = token.charCodeAt(at) - ZERO;
    // No token of ours: no row has that number.
    if (digit < 0 || digit > 9) return Number.NaN;
    number += digit * place;
    place *= 10;
  }
  return number;
}
