/** `repomd.xml`, the one file of an rpm repository that is signed, and metalinks, which vouch for it where it is not. */
import { isUtf8 } from "node:buffer";
import { Problem } from "../../../core/problem.ts";
import { childOf, parseXml, type XmlElement } from "../../../formats/xml/tree.ts";
import { bounds } from "../bounds.ts";

/** One file of a repository, as repomd.xml names it. */
export interface RepositoryFile {
  /** Relative to the repository. */
  readonly location: string;
  /** Hex: SHA-256, SHA-384 or SHA-512, told apart by its length. */
  readonly digest: string;
  /** Bytes as it is packed, where that is stated. */
  readonly size?: number;
}

export interface Repomd {
  /** When the newest of its files was made. */
  readonly date: Date;
  /** `primary`, `updateinfo`, `modules`, … */
  readonly files: ReadonlyMap<string, RepositoryFile>;
}

const HASHES: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** @throws Problem `updates.release` where it is none, or names a file that could be anywhere */
export function readRepomd(bytes: Buffer, place: string): Repomd {
  const root = parsed(bytes, place);
  if (root.name !== "repomd") throw refused(place, "not a repomd.xml");
  const files = new Map<string, RepositoryFile>();
  let newest = revision(root);
  for (const data of root.children) {
    const type = data.attributes.get("type");
    if (data.name !== "data" || type === undefined || files.has(type)) continue;
    const location = childOf(data, "location")?.attributes.get("href") ?? "";
    const checksum = childOf(data, "checksum");
    const digest = checksum?.text.trim().toLowerCase() ?? "";
    const size = Number(childOf(data, "size")?.text.trim() ?? Number.NaN);
    const made = Number(childOf(data, "timestamp")?.text.trim() ?? Number.NaN);
    if (made > 0 && made < LATEST) newest = Math.max(newest, Math.floor(made));
    // SHA-1 proves nothing any more: what is named by it alone is as if it were not named.
    const length = HASHES[checksum?.attributes.get("type") ?? ""];
    if (length === undefined || digest.length !== length || !/^[0-9a-f]+$/.test(digest)) continue;
    if (!isInside(location)) throw refused(place, `names a file outside of the repository (${location.slice(0, 100)})`);
    files.set(type, { location, digest, ...(size >= 0 ? { size } : {}) });
  }
  if (newest === 0) throw refused(place, "it states no date of its own");
  return { date: new Date(newest * 1000), files };
}

/** Seconds since 1970, up to the year 9999. */
const LATEST = 253_402_300_800;

/** `revision` is often the time at which it was made, and may be a count. */
function revision(root: XmlElement): number {
  const text = childOf(root, "revision")?.text.trim() ?? "";
  return /^1\d{9}$/.test(text) ? Number(text) : 0;
}

function isInside(location: string): boolean {
  return /^[A-Za-z0-9._+~-]+(?:\/[A-Za-z0-9._+~-]+)*$/.test(location) && !location.split("/").includes("..");
}

/** What a metalink says of repomd.xml: the hashes that it may have, and the mirrors, best first. */
export interface Metalink {
  /** SHA-256 and SHA-512, hex. */
  readonly digests: ReadonlySet<string>;
  /** Of the repositories, with a slash at their end. */
  readonly bases: readonly string[];
}

/** Metalink 3.0, as MirrorManager writes it. @throws Problem `updates.release` */
export function readMetalink(bytes: Buffer, place: string): Metalink {
  const files = childOf(parsed(bytes, place), "files")?.children ?? [];
  const file = files.find(({ attributes }) => attributes.get("name") === "repomd.xml");
  if (file === undefined) throw refused(place, "names no repomd.xml");
  const alternates = childOf(file, "alternates")?.children ?? [];
  const digests = [file, ...alternates].flatMap((each) =>
    (childOf(each, "verification")?.children ?? []).flatMap(({ attributes, text }) =>
      ["sha256", "sha512"].includes(attributes.get("type") ?? "") ? [text.trim().toLowerCase()] : [],
    ),
  );
  const urls = (childOf(file, "resources")?.children ?? [])
    .map(({ attributes, text }) => ({ url: text.trim(), preference: Number(attributes.get("preference") ?? 0) }))
    .filter(({ url }) => /^https?:\/\/.*\/repodata\/repomd\.xml$/.test(url))
    .sort(
      (a, b) => Number(b.url.startsWith("https:")) - Number(a.url.startsWith("https:")) || b.preference - a.preference,
    );
  return {
    digests: new Set(digests),
    bases: urls.map(({ url }) => url.slice(0, -"repodata/repomd.xml".length)),
  };
}

function parsed(bytes: Buffer, place: string): XmlElement {
  if (!isUtf8(bytes)) throw refused(place, "not UTF-8");
  return parseXml(bytes.toString("utf8"), {
    depth: bounds.repositoryXmlDepth,
    elements: bounds.repositoryXmlElements,
    refuse: ({ line, column }, cause) => refused(`${place}:${line}:${column}`, cause),
  });
}

function refused(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "updates.release", place, cause });
}
