/** What a request asks of the database; `body` is the JSON text of its answer, `count` how many rows that has. */
export interface Query {
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly isReadOnly: boolean;
  /** `rows`: an array, of which a client may want the only one; `nothing`: no answer but that it went well. */
  readonly shape: 'nothing' | 'value' | 'rows';
}

export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
