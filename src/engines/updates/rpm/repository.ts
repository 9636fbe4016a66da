/** One repository of rpm packages: found by its mirrors, its repomd.xml verified, and the files that it names read. */
import { Problem } from "../../../core/problem.ts";
import { isReadablePacking } from "../../vulnerability/vendors/unpack.ts";
import { bounds } from "../bounds.ts";
import { type FetchedCopy, fetchIndex, fetchSigned, type SuiteSource, shownUrl } from "../fetch.ts";
import { certificatesFor, type KeyFiles } from "../keys.ts";
import type { SuiteUse } from "../model.ts";
import { UNTRUSTED, verifyDetached } from "../openpgp/verify.ts";
import { refused, refuseFuture, refuseOlder } from "../refused.ts";
import { hasDigest } from "../suite-cache.ts";
import { type Repomd, type RepositoryFile, readMetalink, readRepomd } from "./repomd.ts";
import type { RpmRepository } from "./repositories.ts";

export interface OpenRpmRepository {
  readonly use: SuiteUse;
  readonly repomd: Repomd;
  /** With a slash at its end. */
  readonly base: URL;
  /** Of repomd.xml. */
  readonly url: URL;
  /** Why an older copy stands in for what the server has. */
  readonly stale?: Problem;
}

/** Where a repository may be, and what vouches for it besides its signature. */
interface Places {
  readonly bases: readonly URL[];
  /** What a metalink that came over TLS says of repomd.xml. */
  readonly digests?: ReadonlySet<string>;
  /** The list of mirrors came over TLS, or there is none. */
  readonly isListed: boolean;
}

/** @throws Problem `updates.…`, `feeds.…` where its word does not count */
export async function openRpmRepository(
  repository: RpmRepository,
  keys: KeyFiles,
  from: SuiteSource,
): Promise<OpenRpmRepository> {
  if (repository.wantsCertificate) {
    throw refused(
      repository.id,
      "updates.client-certificate",
      "its server wants a client certificate, and it was not read",
    );
  }
  const places = await placesOf(repository, from);
  if (places.bases.length === 0) throw refused(repository.id, "updates.no-http", "no URL of HTTP, and not read");
  let failure: unknown;
  for (const base of places.bases.slice(0, bounds.mirrors)) {
    try {
      return await openAt(base, places, repository, keys, from);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

async function placesOf(repository: RpmRepository, from: SuiteSource): Promise<Places> {
  const own = urlsOf(repository.baseUrls);
  const [link] = urlsOf([repository.metalink ?? ""]);
  if (link !== undefined) {
    const fetched = await fetchSigned(link, from, bounds.smallFileBytes);
    const { bases, digests } = readMetalink(fetched.copy.bytes, shownUrl(link));
    if (fetched.isNew) from.cache?.storeSigned(link.href, fetched.copy);
    const isSafe = link.protocol === "https:";
    return { bases: [...urlsOf(bases), ...own], isListed: isSafe, ...(isSafe ? { digests } : {}) };
  }
  const [list] = urlsOf([repository.mirrorList ?? ""]);
  if (list !== undefined) {
    const fetched = await fetchSigned(list, from, bounds.smallFileBytes);
    const lines = fetched.copy.bytes.toString("utf8").split("\n");
    const mirrors = lines.map((line) => line.trim()).filter((line) => /^https?:\/\//.test(line));
    if (mirrors.length === 0) throw refused(shownUrl(list), "updates.release", "names no mirror");
    if (fetched.isNew) from.cache?.storeSigned(list.href, fetched.copy);
    return { bases: [...urlsOf(mirrors), ...own], isListed: list.protocol === "https:" };
  }
  return { bases: own, isListed: true };
}

/** Those of HTTP; a variable that nobody filled in makes a URL none. */
function urlsOf(texts: readonly string[]): URL[] {
  return texts.flatMap((text) => {
    if (text === "" || text.includes("$") || !URL.canParse(text)) return [];
    const url = new URL(text);
    if (url.protocol !== "http:" && url.protocol !== "https:") return [];
    return [url];
  });
}

async function openAt(
  root: URL,
  places: Places,
  repository: RpmRepository,
  keys: KeyFiles,
  from: SuiteSource,
): Promise<OpenRpmRepository> {
  const base = new URL(root.href);
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  const url = new URL("repodata/repomd.xml", base);
  url.search = base.search;
  const place = shownUrl(url);
  const before = from.cache?.signed(url.href);
  const fetched = await fetchSigned(url, from, bounds.suiteReleaseBytes);
  const { bytes, checkedAt } = fetched.copy;
  const { digests } = places;
  const isLinked = digests !== undefined && [...digests].some((digest) => hasDigest(bytes, digest));
  if (digests !== undefined && digests.size > 0 && !isLinked) {
    throw refused(place, "updates.digest", "not what the metalink names: its digest is another");
  }
  const isServed = isLinked || (base.protocol === "https:" && places.isListed);
  const vouched = await vouch(fetched, url, isServed, repository, keys, from);
  const repomd = readRepomd(bytes, place);
  refuseFuture(repomd.date, from.now, place);
  if (fetched.isNew) {
    const known = before === undefined ? undefined : dateOf(before.bytes, place);
    refuseOlder(repomd.date, known, place);
    from.cache?.storeSigned(url.href, fetched.copy);
    if (vouched.signature !== undefined) from.cache?.storeSigned(signatureUrl(url).href, vouched.signature.copy);
  }
  return {
    use: {
      name: repository.id,
      place,
      date: repomd.date.toISOString(),
      checkedAt,
      signedBy: vouched.signedBy,
      trust: vouched.trust,
      security: false,
    },
    repomd,
    base,
    url,
    ...(fetched.stale === undefined ? {} : { stale: fetched.stale }),
  };
}

function dateOf(bytes: Buffer, place: string): Date | undefined {
  try {
    return readRepomd(bytes, place).date;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function signatureUrl(url: URL): URL {
  const signature = new URL(url.href);
  signature.pathname += ".asc";
  return signature;
}

/**
 * A signature by a known key, or else TLS: most vendors sign packages alone, and dnf takes their indexes so. A signature
 * that does not fit is never passed over, and whoever names keys wants one by them.
 */
async function vouch(
  { copy }: FetchedCopy,
  url: URL,
  isServed: boolean,
  repository: RpmRepository,
  keys: KeyFiles,
  from: SuiteSource,
): Promise<Pick<SuiteUse, "signedBy" | "trust"> & { readonly signature?: FetchedCopy }> {
  const place = shownUrl(url);
  let fault = "it is not signed";
  try {
    const signature = await fetchSigned(signatureUrl(url), from, bounds.smallFileBytes);
    fault = "no key to verify it with";
    for (const { trust, certificates } of certificatesFor(keys, namedKeys(repository), isGeneralKey)) {
      if (certificates.length === 0) continue;
      const signer = verifyDetached(copy.bytes, signature.copy.bytes, certificates, from.now);
      if (!("fault" in signer)) return { signedBy: signer.fingerprint, trust, signature };
      fault = `it ${signer.fault}`;
      if (!signer.fault.startsWith(UNTRUSTED)) throw refused(place, "updates.signature", fault, KEYRING);
    }
  } catch (error) {
    const isAbsent = error instanceof Problem && ["updates.missing", "updates.not-cached"].includes(error.code);
    if (!isAbsent) throw error;
  }
  if (keys.caller.length === 0 && isServed) return { signedBy: "", trust: "server" };
  const cause = keys.caller.length === 0 ? `${fault}, and did not come over TLS` : fault;
  throw refused(place, "updates.signature", cause, KEYRING);
}

const KEYRING = "name the repository's keys with --keyring";

/** Keys that the repository names as files; those of a URL are nobody's word. */
function namedKeys({ keys }: RpmRepository): string[] | undefined {
  const files = keys.filter((key) => key.startsWith("/"));
  return files.length === 0 ? undefined : files;
}

function isGeneralKey(path: string): boolean {
  return path.startsWith("etc/pki/rpm-gpg/") || path.startsWith("usr/lib/rpm/gnupg/keys/");
}

/**
 * The bytes of one of its files, packed, with the name that tells how; undefined where it has none of that type.
 *
 * @throws Problem where it cannot be had, or is packed in a way that is not read
 */
export async function repositoryFile(
  { repomd, base }: Pick<OpenRpmRepository, "repomd" | "base">,
  type: string,
  from: SuiteSource,
): Promise<{ readonly name: string; readonly packed: Buffer; readonly file: RepositoryFile } | undefined> {
  const file = repomd.files.get(type);
  if (file === undefined) return undefined;
  const url = new URL(file.location, base);
  url.search = base.search;
  if (!isReadablePacking(file.location)) {
    throw refused(shownUrl(url), "updates.packing", "packed with bzip2 or zchunk, which is not read");
  }
  return { name: file.location, packed: await fetchIndex([url], file, from), file };
}
