/** The archive of one version: fetched from where its registry says, and held against every hash that is stated of it. */
import { createHash } from "node:crypto";
import { absent, type Evidence, type Gap, gapOf, present } from "../../core/evidence.ts";
import { isEvidenceProblem } from "../../core/problem.ts";
import {
  type FetchedArchive,
  type HashMismatch,
  type LockedDependency,
  namedHashes,
  type PackageMetadata,
  type PublishedArchive,
  unnamedHashes,
} from "../../engines/packages/model.ts";
import type { RegistryClient } from "../../engines/packages/registry/client.ts";
import { decoded } from "../../engines/packages/registry/fields.ts";
import { bounds } from "./bounds.ts";

export interface ArchiveRequest {
  /** Absent: nobody is asked. */
  readonly client?: RegistryClient;
  readonly authorization?: string;
  readonly signal: AbortSignal;
  readonly now: Date;
}

/** Which of a version's archives is read: the one that the lockfile pins, else the first. */
export function archiveFor(
  locked: Pick<LockedDependency, "hashes" | "files">,
  { archive, archives }: Pick<PackageMetadata, "archive" | "archives">,
): PublishedArchive | undefined {
  const all = archives ?? (archive === undefined ? [] : [archive]);
  const names = new Set(namedHashes(locked).map(([file]) => file));
  const pinned = all.find(
    (one) =>
      Object.entries(locked.hashes).some(([algorithm, hex]) => one.hashes[algorithm] === hex) ||
      unnamedHashes(locked).some(({ algorithm, hex }) => one.hashes[algorithm] === hex) ||
      names.has(fileNameOf(one.url)),
  );
  return pinned ?? all[0];
}

export function fileNameOf(url: string): string {
  return decoded(URL.parse(url)?.pathname.split("/").at(-1) ?? "");
}

export async function fetchArchive(
  dependency: LockedDependency,
  published: PublishedArchive,
  { client, authorization, signal, now }: ArchiveRequest,
): Promise<Evidence<FetchedArchive>> {
  if (client === undefined) return absent(archiveGap("packages.offline", "archive not fetched: offline"));
  const url = new URL(published.url);
  try {
    const answer = await client.get({
      url,
      ...(authorization === undefined ? {} : { authorization }),
      limit: bounds.archiveBytes,
      signal,
    });
    if (answer.status !== 200) {
      return absent(archiveGap("packages.not-found", "the registry has no archive at the place that it names"));
    }
    const { body: bytes } = answer;
    const hashes = hashesOf(bytes, [...Object.keys(dependency.hashes), ...Object.keys(published.hashes)]);
    const mismatches = [
      ...differing("archive and lockfile", statedOf(dependency, published), hashes),
      ...differing("archive and registry", published.hashes, hashes),
    ];
    return present({ bytes, url: published.url, hashes, mismatches }, now.toISOString());
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return absent({ ...gapOf(error), concerns: "archive" });
  }
}

function archiveGap(code: string, reason: string): Gap {
  return { code, reason, concerns: "archive" };
}

/** What the lockfile says of this one file. */
function statedOf(locked: LockedDependency, { url, hashes }: PublishedArchive): Readonly<Record<string, string>> {
  const name = fileNameOf(url);
  const own = namedHashes(locked).find(([file]) => file === name)?.[1];
  const unnamed = unnamedHashes(locked);
  const hash = own ?? unnamed.find(({ algorithm, hex }) => hashes[algorithm] === hex) ?? unnamed[0];
  return hash === undefined ? locked.hashes : { [hash.algorithm]: hash.hex };
}

/** Those that node:crypto computes; others are of forms that are not over the archive (Go's `h1`). */
const COMPUTED: ReadonlySet<string> = new Set(["md5", "sha1", "sha256", "sha384", "sha512"]);

function hashesOf(bytes: Buffer, algorithms: readonly string[]): Record<string, string> {
  const wanted = new Set(["sha256", "sha512", ...algorithms.filter((one) => COMPUTED.has(one))]);
  return Object.fromEntries(
    [...wanted].map((algorithm) => [algorithm, createHash(algorithm).update(bytes).digest("hex")]),
  );
}

function differing(
  between: HashMismatch["between"],
  expected: Readonly<Record<string, string>>,
  actual: Readonly<Record<string, string>>,
): HashMismatch[] {
  return Object.entries(expected).flatMap(([algorithm, hex]) => {
    const own = actual[algorithm];
    return own === undefined || own === hex ? [] : [{ between, algorithm, expected: hex, actual: own }];
  });
}
