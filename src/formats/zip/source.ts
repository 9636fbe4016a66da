/** The bytes of an archive, wherever they are. */
export interface ZipSource {
  readonly size: number;
  /** Bytes within the archive, which the caller does not change. */
  read(offset: number, length: number): Buffer;
}

export function inMemory(bytes: Buffer): ZipSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** What an archive of one purpose may be. */
export interface ZipRules {
  readonly entries: number;
  /** Of the directory. */
  readonly directoryBytes: number;
  /** Of one entry, inflated. */
  readonly entryBytes: number;
  /**
   * The directory holds as many entries as are counted, and nothing stands before or behind the archive: a file that
   * was written whole and is read whole. Absent, it is found as Java finds it, which runs what it can open.
   */
  readonly exact?: true;
  /** Makes what is thrown. */
  readonly refuse: (fault: ZipFault) => Error;
}

export interface ZipFault {
  /** The entry, or the part of the archive. */
  readonly place: string;
  /** Without a full stop. */
  readonly cause: string;
  /** It is over one of the bounds, rather than broken. */
  readonly over?: true;
}
