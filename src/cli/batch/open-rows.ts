import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { abortError } from '../../core/abort.ts';
import { ConceptError, invalidInput } from '../../core/errors.ts';

/** Rows that can be read from the start as often as needed. */
export interface RowsFile {
  /** Where relative paths in rows begin. */
  readonly folder: string;
  bytes(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export interface OpenRowsOptions {
  /** A path, or `-` for standard input. */
  readonly file: string;
  readonly stdin: () => Readable;
  readonly signal: AbortSignal;
}

const EXTENSIONS = ['.jsonl', '.ndjson', '.json'];
const FORM = 'give JSON lines: one object per line, in a file named .jsonl, or - for standard input';

/**
 * Opens a file of rows. What cannot be read twice (standard input, a pipe) is copied to a private file that has no name.
 * @throws ConceptError INVALID_INPUT naming `--file`; ABORTED
 */
export async function openRows({ file, stdin, signal }: OpenRowsOptions): Promise<RowsFile> {
  if (file === '-') return rowsFile(await spool(stdin(), signal), process.cwd());
  const extension = extname(file).toLowerCase();
  if (extension !== '' && !EXTENSIONS.includes(extension)) {
    throw invalidInput('--file', `${extension} files are not read`, FORM);
  }
  const handle = await open(file).catch((thrown: unknown) => {
    throw unreadable(file, thrown);
  });
  try {
    const status = await handle.stat();
    if (status.isDirectory()) throw invalidInput('--file', `${file} is a directory`, FORM);
    if (status.isFile()) return rowsFile(handle, dirname(file));
    const copy = await spool(contentOf(handle), signal);
    await handle.close();
    return rowsFile(copy, process.cwd());
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

function rowsFile(handle: FileHandle, folder: string): RowsFile {
  return { folder, bytes: () => contentOf(handle, 0), close: () => handle.close() };
}

/** From the start of a file, or of a pipe as it comes. */
function contentOf(handle: FileHandle, start?: number): Readable {
  return handle.createReadStream({ autoClose: false, ...(start !== undefined && { start }) });
}

/** The copy loses its name at once, so that nothing is left of it whatever becomes of this process. */
async function spool(content: Readable, signal: AbortSignal): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'concept-rows-'));
  let copy: FileHandle | undefined;
  try {
    copy = await open(join(folder, 'rows.jsonl'), 'wx+', 0o600);
    await rm(folder, { recursive: true });
    for await (const chunk of addAbortSignal(signal, content)) await copy.write(chunk as Uint8Array);
    return copy;
  } catch (thrown) {
    await copy?.close();
    await rm(folder, { recursive: true, force: true });
    if (signal.aborted) throw abortError(signal);
    throw invalidInput(
      '--file',
      `cannot be copied to ${tmpdir()} (${codeOf(thrown)})`,
      'free some space, or set TMPDIR',
    );
  }
}

function unreadable(file: string, thrown: unknown): ConceptError {
  const code = codeOf(thrown);
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  const problem = missing ? `there is no file ${file}` : `${file} cannot be read (${code})`;
  return new ConceptError('INVALID_INPUT', `--file: ${problem}`, { hint: FORM, cause: thrown });
}

function codeOf(thrown: unknown): string {
  return (thrown as NodeJS.ErrnoException).code ?? 'unknown error';
}
