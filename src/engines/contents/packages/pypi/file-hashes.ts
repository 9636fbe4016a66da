import type { PackageRecord } from "../../model.ts";
import { type HashAlgorithm, hexHash } from "../hashes.ts";

/** One file of a version, as a lockfile lists it. */
export interface StatedFile {
  /** The file's name, or its address; undefined where the format lists hashes alone. */
  readonly name?: string | undefined;
  /** `sha256:HEX` */
  readonly hash: string | undefined;
}

/**
 * The hash of a package that is distributed as one file. Where there are several (one for each platform), none of them
 * stands for the package, and they are listed.
 */
export function fileHashes(stated: readonly StatedFile[]): Pick<PackageRecord, "hashes" | "files"> {
  const [first, ...more] = stated;
  if (more.length === 0) {
    const only = hashIn(first?.hash);
    return only === undefined ? {} : { hashes: { [only.algorithm]: only.hex } };
  }
  const files = new Map<string, string>();
  for (const { name, hash } of stated.slice(0, MOST_FILES)) {
    const read = hashIn(hash);
    if (read === undefined) continue;
    const written = `${read.algorithm}:${read.hex}`;
    files.set(fileName(name) ?? written, written);
  }
  return files.size === 0 ? {} : { files: Object.fromEntries(files) };
}

/** Of one version; the largest real ones have some 200. */
const MOST_FILES = 2_000;

const ALGORITHMS: ReadonlySet<string> = new Set<HashAlgorithm>(["md5", "sha1", "sha256", "sha384", "sha512"]);

/** `sha256:HEX`; `sha256=HEX` in fragments of addresses. */
function hashIn(text: string | undefined): { readonly algorithm: string; readonly hex: string } | undefined {
  const mark = text?.search(/[:=]/) ?? -1;
  if (text === undefined || mark < 0) return undefined;
  const algorithm = text.slice(0, mark);
  if (!ALGORITHMS.has(algorithm)) return undefined;
  const hex = hexHash(algorithm as HashAlgorithm, text.slice(mark + 1)).hashes?.[algorithm];
  return hex === undefined ? undefined : { algorithm, hex };
}

function fileName(written: string | undefined): string | undefined {
  const path = written?.split(/[?#]/, 1)[0];
  const name = path?.slice(path.lastIndexOf("/") + 1);
  return name === "" ? undefined : name;
}
