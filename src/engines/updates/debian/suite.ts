/** One suite: its signed InRelease verified, and the indexes that it names read. */
import { gunzipSync } from "node:zlib";
import type { Problem } from "../../../core/problem.ts";
import { readXz } from "../../../formats/xz/xz.ts";
import { readZstd } from "../../../formats/zstd/whole.ts";
import { bounds } from "../bounds.ts";
import { type FetchedCopy, fetchIndex, fetchSigned, type SuiteSource, shownUrl } from "../fetch.ts";
import { certificatesFor, type KeyFiles } from "../keys.ts";
import type { SuiteUse, Trust } from "../model.ts";
import { type Verified, verifyCleartext } from "../openpgp/verify.ts";
import { refused, refuseFuture, refuseOlder } from "../refused.ts";
import { sha256Of } from "../suite-cache.ts";
import { type Release, readRelease } from "./release.ts";
import type { AptSource } from "./sources.ts";

/** A suite whose word counts. */
export interface OpenSuite {
  readonly use: SuiteUse;
  readonly release: Release;
  /** Of `dists/SUITE/`. */
  readonly base: URL;
  readonly inRelease: URL;
  /** Why an older copy stands in for what the server has. */
  readonly stale?: Problem;
}

/** @throws Problem `updates.…`, `feeds.…` where its word does not count */
export async function openSuite(source: AptSource, keys: KeyFiles, from: SuiteSource): Promise<OpenSuite> {
  const base = suiteUrl(source);
  const inRelease = new URL("InRelease", base);
  const place = shownUrl(inRelease);
  const { now, cache } = from;
  const before = cache?.signed(inRelease.href);
  const fetched = await fetchSigned(inRelease, from, bounds.suiteReleaseBytes);
  const signed = verified(fetched.copy.bytes, source, keys, now, place);
  const release = readRelease(signed.text);
  if (release === undefined) throw refused(place, "updates.release", "it states no date of its own");
  refuseFuture(release.date, now, place);
  if (release.validUntil !== undefined && release.validUntil <= now) {
    const until = release.validUntil.toISOString().slice(0, 10);
    throw refused(place, "updates.expired", `valid until ${until}: what came since is not in it`);
  }
  if (!isNamed(release, source.suite)) {
    const own = [release.suite, release.codename].filter((name) => name !== undefined).join(" or ") || "nothing";
    throw refused(place, "updates.other-suite", `it calls itself ${own}, not ${source.suite}`);
  }
  if (fetched.isNew) {
    const known = before === undefined ? undefined : dateOf(before.bytes, source, keys, now);
    refuseOlder(release.date, known, place);
    cache?.storeSigned(inRelease.href, fetched.copy);
  }
  return {
    use: useOf(source, release, signed, fetched, place),
    release,
    base,
    inRelease,
    ...(fetched.stale === undefined ? {} : { stale: fetched.stale }),
  };
}

function useOf(
  { suite }: AptSource,
  release: Release,
  signed: Verified & { readonly trust: Trust },
  { copy }: FetchedCopy,
  place: string,
): SuiteUse {
  return {
    name: suite,
    place,
    date: release.date.toISOString(),
    ...(release.validUntil === undefined ? {} : { validUntil: release.validUntil.toISOString() }),
    checkedAt: copy.checkedAt,
    signedBy: signed.fingerprint,
    trust: signed.trust,
    security: isSecurity(suite),
  };
}

/** `trixie-security`, Ubuntu's `noble-security`, and `buster/updates` of before. */
function isSecurity(suite: string): boolean {
  return suite.endsWith("-security") || suite.endsWith("/updates");
}

/** Whoever serves one suite's file in another's place would hide the other's updates. */
function isNamed({ suite, codename }: Release, wanted: string): boolean {
  return wanted === suite || wanted === codename || wanted === `${codename}/updates`;
}

function suiteUrl({ uri, suite }: AptSource): URL {
  const text = `${uri.replace(/\/$/, "")}/dists/${suite}/`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw refused(uri.slice(0, 300), "updates.no-http", "not a URL of HTTP, and not read");
  }
  if (suite.endsWith("/") || suite.split("/").some((part) => part === ".." || part === ".")) {
    throw refused(shownUrl(url), "updates.flat", "a repository without suites, which is not read");
  }
  return url;
}

function verified(
  bytes: Buffer,
  source: AptSource,
  keys: KeyFiles,
  now: Date,
  place: string,
): Verified & { readonly trust: Trust } {
  let fault: string | undefined;
  for (const { trust, certificates } of certificatesFor(keys, source.signedBy)) {
    if (certificates.length === 0) continue;
    const found = verifyCleartext(bytes, certificates, now);
    if (!("fault" in found)) return { ...found, trust };
    fault = found.fault;
  }
  const cause = fault === undefined ? "no key to verify it with" : `it ${fault}`;
  throw refused(place, "updates.signature", cause, "name the archive's keys with --keyring");
}

/** The date of an earlier copy; none where its signature does not count any more. */
function dateOf(bytes: Buffer, source: AptSource, keys: KeyFiles, now: Date): Date | undefined {
  for (const { certificates } of certificatesFor(keys, source.signedBy)) {
    const found = verifyCleartext(bytes, certificates, now);
    if (!("fault" in found)) return readRelease(found.text)?.date;
  }
  return undefined;
}

/** In the order in which they are asked for: .xz takes us the longest. The plain one is named by all, served by few. */
const PACKINGS = [".gz", ".zst", ".xz", ""] as const;

/** The paths below the suite of the indexes of one component; none where the suite has not the architecture. */
export function indexPaths({ release }: OpenSuite, component: string, architecture: string): string[] {
  const path = (name: string) => `${component}/binary-${name}/Packages`;
  const paths = release.allWithin ? [path(architecture)] : [path(architecture), path("all")];
  return paths.filter((each) => PACKINGS.some((ending) => release.files.has(each + ending)));
}

/** One index, unpacked. @throws Problem where it cannot be had, or is not what the suite names */
export async function readIndex({ base, release }: OpenSuite, path: string, from: SuiteSource): Promise<Buffer> {
  const offered = PACKINGS.flatMap((ending) => {
    const file = release.files.get(path + ending);
    return file === undefined ? [] : [{ ending, file }];
  });
  const place = shownUrl(new URL(path, base));
  const chosen = offered.find(({ file }) => from.cache?.index(file.sha256) !== undefined) ?? offered[0];
  if (chosen === undefined) throw refused(place, "updates.missing", "the suite does not name it");
  const url = new URL(path + chosen.ending, base);
  const byHash = new URL(`by-hash/SHA256/${chosen.file.sha256}`, url);
  const { sha256: digest, size } = chosen.file;
  const packed = await fetchIndex(release.byHash ? [byHash, url] : [url], { digest, size }, from);
  const plain = release.files.get(path);
  const limit = Math.min(plain?.size ?? bounds.suiteIndexUnpackedBytes, bounds.suiteIndexUnpackedBytes);
  const bytes = unpacked(chosen.ending, packed, limit);
  if (!Buffer.isBuffer(bytes)) throw refused(place, "updates.index", `it ${bytes.fault}`);
  if (plain !== undefined && sha256Of(bytes) !== plain.sha256) {
    throw refused(place, "updates.digest", "unpacked, it is not what the signed file names");
  }
  return bytes;
}

function unpacked(ending: string, packed: Buffer, limit: number): Buffer | { readonly fault: string } {
  try {
    if (ending === ".xz") return readXz(packed, limit);
    // zlib takes no limit of 0, and an empty index is a common one.
    if (ending === ".gz") return gunzipSync(packed, { maxOutputLength: Math.max(limit, 1) });
    return ending === ".zst" ? readZstd(packed, limit) : packed;
  } catch {
    return { fault: "is broken, or larger than the suite says" };
  }
}
