/** Hashes that a lockfile pins of the files of one version, in the ways that lockfiles write them. */

export interface PinnedHash {
  readonly algorithm: string;
  /** Hex. */
  readonly hex: string;
}

/** As a locked dependency has them. */
interface Pins {
  readonly files?: Readonly<Record<string, string>>;
}

/** `sha256:HEX`; undefined where it is none. */
export function parsedHash(stated: string): PinnedHash | undefined {
  const colon = stated.indexOf(":");
  return colon <= 0 ? undefined : { algorithm: stated.slice(0, colon), hex: stated.slice(colon + 1) };
}

/** Of files that are not named: an entry's name is its hash then (Pipfile.lock, requirements). Any of them may be installed. */
export function unnamedHashes({ files = {} }: Pins): PinnedHash[] {
  return Object.entries(files).flatMap(([name, stated]) => (name === stated ? (parsedHash(stated) ?? []) : []));
}

/** Of files by their names; those that are not named are left out. */
export function namedHashes({ files = {} }: Pins): [file: string, hash: PinnedHash][] {
  return Object.entries(files).flatMap(([name, stated]): [string, PinnedHash][] => {
    const hash = name === stated ? undefined : parsedHash(stated);
    return hash === undefined ? [] : [[name, hash]];
  });
}
