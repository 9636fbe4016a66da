/** The accounts of an image, as facts. What hashes of passwords are is never kept. */

export interface Account {
  readonly name: string;
  /**
   * `none`: an empty field, whoever asks gets in. `elsewhere`: passwd says that shadow has it. `locked`: nothing that
   * is typed fits. `set`: a hash.
   */
  readonly password: "none" | "elsewhere" | "locked" | "set";
  /** Of passwd: the user id. */
  readonly uid?: number;
  /** Of passwd: the program that a login starts; empty is `/bin/sh`. */
  readonly shell?: string;
}

/** One of the two files. */
export interface AccountFile {
  /** `etc/passwd`, `etc/shadow` */
  readonly path: string;
  /** Index of the layer that last wrote it; absent in a folder. */
  readonly layer?: number;
  readonly accounts: readonly Account[];
}

export interface Accounts {
  /** Absent where there is none. */
  readonly passwd?: AccountFile;
  readonly shadow?: AccountFile;
  /** Why that may not be all, one sentence each. */
  readonly unread: readonly string[];
}
