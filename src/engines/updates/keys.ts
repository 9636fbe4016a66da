/** Keys with whose word it is that they are the right ones. */
import type { ApkKey } from "./alpine/index.ts";
import type { Trust } from "./model.ts";
import type { Certificate } from "./openpgp/certificates.ts";
import { readKeyring } from "./openpgp/certificates.ts";

/** A file of keys: an OpenPGP key ring, or for Alpine a public key in PEM. */
export interface KeyFile {
  /** Relative to its root, without a leading slash. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** All that were found, by whose word they are. */
export type KeyFiles = Readonly<Record<Trust, readonly KeyFile[]>>;

/** In this order: whoever runs the program knows best, and an image vouches for itself last. */
const ORDER: readonly Trust[] = ["caller", "machine", "image"];

/** The key rings that may vouch for a source, best first. The caller's, where there are any, are the only ones. */
export function certificatesFor(
  files: KeyFiles,
  signedBy: readonly string[] | undefined,
  isGeneral: (path: string) => boolean = (path) => path.startsWith("etc/apt/trusted.gpg"),
): { readonly trust: Trust; readonly certificates: readonly Certificate[] }[] {
  const rings = (files.caller.length > 0 ? (["caller"] as const) : ORDER).map((trust) => {
    const own = trust === "image" ? fitting(files.image, signedBy, isGeneral) : files[trust];
    return { trust, certificates: own.flatMap(({ bytes }) => certificatesIn(bytes)) };
  });
  const prints = (signedBy ?? []).flatMap((text) => (FINGERPRINT.test(text) ? text.toLowerCase() : []));
  if (prints.length === 0) return rings;
  const isNamed = ({ primary, subkeys }: Certificate) =>
    [primary, ...subkeys.map(({ key }) => key)].some(({ fingerprint }) => prints.includes(fingerprint));
  return rings.map(({ trust, certificates }) => ({ trust, certificates: certificates.filter(isNamed) }));
}

const known = new WeakMap<Buffer, readonly Certificate[]>();

/** A key ring is asked about every suite, and read once. */
function certificatesIn(bytes: Buffer): readonly Certificate[] {
  const before = known.get(bytes);
  if (before !== undefined) return before;
  const certificates = readKeyring(bytes);
  known.set(bytes, certificates);
  return certificates;
}

const FINGERPRINT = /^(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})!?$/;

/** Of an image's own: those that the source names, or where it names no file the general ones. */
function fitting(
  files: readonly KeyFile[],
  signedBy: readonly string[] | undefined,
  isGeneral: (path: string) => boolean,
): readonly KeyFile[] {
  const named = (signedBy ?? []).filter((text) => !FINGERPRINT.test(text));
  if (named.length === 0) return files.filter(({ path }) => isGeneral(path));
  return named.flatMap((text) =>
    text.includes("-----BEGIN PGP")
      ? [{ path: "", bytes: Buffer.from(text) }]
      : files.filter(({ path }) => `/${path}` === text),
  );
}

/** Alpine's, best first. */
export function apkKeysFor(files: KeyFiles): { readonly trust: Trust; readonly keys: readonly ApkKey[] }[] {
  return (files.caller.length > 0 ? (["caller"] as const) : ORDER).map((trust) => ({
    trust,
    keys: files[trust].map(({ path, bytes }) => ({
      name: path.slice(path.lastIndexOf("/") + 1),
      pem: bytes.toString("latin1"),
    })),
  }));
}
