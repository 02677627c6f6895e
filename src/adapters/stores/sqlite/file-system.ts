import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConceptError } from '../../../core/errors.ts';

/** `f_type` of the file system that a path lies on, as statfs(2) gives it; undefined where it cannot be told. */
export type StatFileSystem = (path: string) => number | undefined;

/**
 * Magic numbers of file systems that several machines mount (statfs(2), linux/magic.h). Their locks and shared memory do not hold
 * what SQLite's write-ahead log needs (https://sqlite.org/wal.html), so a database on them is lost sooner or later.
 */
const SHARED_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
]);

const LOCAL_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'XFS'],
  [0x9123683e, 'Btrfs'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlay'],
  [0x2fc12fc1, 'ZFS'],
  [0xf2f52010, 'F2FS'],
  [0x65735546, 'FUSE'],
]);

/** The name of the file system that a file lies on, or its number; undefined where it cannot be told. */
export function fileSystemName(file: string, stat: StatFileSystem = statFileSystem): string | undefined {
  const type = stat(existingPart(file));
  if (type === undefined) return undefined;
  return SHARED_FILE_SYSTEMS.get(type) ?? LOCAL_FILE_SYSTEMS.get(type) ?? `0x${type.toString(16)}`;
}

/** @throws ConceptError STORE_UNAVAILABLE (not retryable) for a network file system. */
export function assertLocalFileSystem(file: string, stat: StatFileSystem = statFileSystem): void {
  const name = SHARED_FILE_SYSTEMS.get(stat(existingPart(file)) ?? 0);
  if (name === undefined) return;
  const message = `the database ${file} is on a network file system (${name}), where locks between machines cannot be relied on`;
  throw new ConceptError('STORE_UNAVAILABLE', message, {
    retryable: false,
    hint: 'choose a data directory on a local disk with CONCEPT_HOME',
  });
}

/** What is there of a path: the directories that are missing would be made on the same file system. */
function existingPart(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : existingPart(dirname(path));
}

/** Only Linux's numbers are known. */
function statFileSystem(path: string): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return statfsSync(path).type;
  } catch {
    return undefined;
  }
}
