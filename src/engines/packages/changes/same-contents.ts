/** Whether two lockfiles mean the same by a version: from the same place, with the same contents. */
import { greatest } from "../../../core/extremes.ts";
import type { PackageOrigin, PackageRecord, PackageType } from "../../contents/model.ts";
import { gitRepository, isPublic } from "../sources.ts";

export type Difference = "origin" | "hashes";

/**
 * What differs in what two records of the same version say.
 *
 * @param sameFormat - whether both are of the same format of lockfile: what only one of two formats can say is no difference
 */
export function differences(before: PackageRecord, after: PackageRecord, sameFormat: boolean): Difference[] {
  const found: Difference[] = [];
  if (!sameOrigins(before, after, sameFormat)) found.push("origin");
  if (!sameHashes(before, after, sameFormat)) found.push("hashes");
  return found;
}

function sameOrigins(before: PackageRecord, after: PackageRecord, sameFormat: boolean): boolean {
  // Nearly all of a lockfile stays as it is, word for word.
  if (isAlike(before, after)) return true;
  const [old, fresh] = [originsOf(before), originsOf(after)];
  if (!sameFormat && (old.size === 0 || fresh.size === 0)) return true;
  // Where nothing is stated it is the public registry, which others write out.
  if (old.size === 0) return [...fresh].every((origin) => origin === PUBLIC || origin.startsWith(`${PUBLIC} `));
  if (fresh.size === 0) return [...old].every((origin) => origin === PUBLIC || origin.startsWith(`${PUBLIC} `));
  return old.size === fresh.size && [...old].every((origin) => fresh.has(origin));
}

function isAlike(before: PackageRecord, after: PackageRecord): boolean {
  if (before.otherOrigins !== undefined || after.otherOrigins !== undefined) return false;
  const [old, fresh] = [before.fetchedFrom, after.fetchedFrom];
  if (old === undefined || fresh === undefined) return old === fresh;
  return old.kind === fresh.kind && old.url === fresh.url && revisionOf(old) === revisionOf(fresh);
}

function revisionOf(origin: PackageOrigin): string | undefined {
  return origin.kind === "registry" ? undefined : origin.revision;
}

const PUBLIC = "public";

function originsOf({ type, fetchedFrom, otherOrigins = [] }: PackageRecord): Set<string> {
  return new Set(
    [...(fetchedFrom === undefined ? [] : [fetchedFrom]), ...otherOrigins].map((each) => spelled(type, each)),
  );
}

/** One text for all ways to write a place. */
function spelled(type: PackageType, origin: PackageOrigin): string {
  if (origin.kind === "git") return `git ${gitRepository(origin.url) ?? origin.url} ${origin.revision ?? ""}`;
  if (origin.kind !== "registry") return `${origin.kind} ${origin.url} ${origin.revision ?? ""}`;
  const url = URL.parse(origin.url) ?? undefined;
  if (url === undefined || !isPublic(type, url)) return `registry ${origin.url}`;
  // Hosts of one registry serve the same; composer's archives lie where the code does, and are told by their whole address.
  if (type === "composer") return `registry ${origin.url}`;
  return isArchive(url) ? `${PUBLIC} ${url.pathname}` : PUBLIC;
}

function isArchive({ pathname }: URL): boolean {
  return /\.(?:tgz|tar\.gz|whl|zip|crate|gem|nupkg)$/.test(pathname);
}

function sameHashes(before: PackageRecord, after: PackageRecord, sameFormat: boolean): boolean {
  const [old, fresh] = [before.hashes ?? {}, after.hashes ?? {}];
  const files = before.files ?? after.files;
  if (files === undefined && before.hashes !== undefined && isSame(old, fresh)) return true;
  const shared = Object.keys(old).filter((algorithm) => fresh[algorithm] !== undefined);
  if (shared.some((algorithm) => old[algorithm] !== fresh[algorithm])) return false;
  if (!sameFiles(before, after)) return false;
  if (!sameFormat) return true;
  // A weaker hash, or none, lets in what the stronger one refused.
  return strengthOf(after) >= strengthOf(before);
}

function isSame(old: Readonly<Record<string, string>>, fresh: Readonly<Record<string, string>>): boolean {
  const algorithms = Object.keys(old);
  if (algorithms.length === 0 || algorithms.length !== Object.keys(fresh).length) return false;
  return algorithms.every((algorithm) => old[algorithm] === fresh[algorithm]);
}

/** Files of one name have one hash; what has no name is a set that only grows or only shrinks. */
function sameFiles(before: PackageRecord, after: PackageRecord): boolean {
  const [old, fresh] = [filesOf(before), filesOf(after)];
  if (old.size === 0 || fresh.size === 0) return true;
  for (const [name, hash] of old) {
    const other = fresh.get(name);
    if (other !== undefined && other !== hash && algorithmOf(other) === algorithmOf(hash)) return false;
  }
  const [unnamedOld, unnamedFresh] = [unnamed(old), unnamed(fresh)];
  if (unnamedOld.size === 0 || unnamedFresh.size === 0) return true;
  const algorithms = new Set([...unnamedOld].map(algorithmOf));
  const gone = [...unnamedOld].some((hash) => !unnamedFresh.has(hash));
  const come = [...unnamedFresh].some((hash) => algorithms.has(algorithmOf(hash)) && !unnamedOld.has(hash));
  return !(gone && come);
}

/** The only file of a version has no name where a format lists hashes alone. */
function filesOf({ files, hashes }: PackageRecord): ReadonlyMap<string, string> {
  if (files !== undefined) return new Map(Object.entries(files));
  return new Map(
    Object.entries(hashes ?? {}).map(([algorithm, hash]) => [`${algorithm}:${hash}`, `${algorithm}:${hash}`]),
  );
}

function unnamed(files: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set([...files].filter(([name, hash]) => name === hash).map(([, hash]) => hash));
}

function algorithmOf(hash: string): string {
  return hash.slice(0, Math.max(0, hash.indexOf(":")));
}

/** From the weakest on. */
const STRENGTHS = ["md5", "sha1", "sha256", "h1", "sha384", "sha512"];

/** Of the strongest that is stated, as good as it gets against a second preimage: SHA-256 and what is longer are alike. */
function strengthOf({ hashes, files }: PackageRecord): number {
  const stated = [...Object.keys(hashes ?? {}), ...Object.values(files ?? {}).map(algorithmOf)];
  const strongest = greatest(
    stated.map((algorithm) => STRENGTHS.indexOf(algorithm)),
    -1,
  );
  return Math.min(strongest, STRENGTHS.indexOf("sha256"));
}
