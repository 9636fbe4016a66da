/**
 * Red Hat's VEX files as its server lays them out (Red Hat's Security Data Guidelines, "CSAF-VEX"): `archive_latest.txt`
 * names an archive of all of them as of one day, `changes.csv` each file with when it last changed, and `deletions.csv`
 * those that are gone. What changed since the archive's day is fetched one by one, and counts before what the archive has.
 * Where a key is given, all that is read is signed by it: `./red-hat-signatures.ts`. The lists are not signed by anybody.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { greatest } from "../../core/extremes.ts";
import { parseJson } from "../../core/parse-json.ts";
import { Problem } from "../../core/problem.ts";
import { makePrivateFolder, writeWhole } from "../../engines/files/write.ts";
import { fetchSigned, type SuiteSource } from "../../engines/updates/fetch.ts";
import type { KeyFile } from "../../engines/updates/keys.ts";
import { sha256Of } from "../../engines/updates/suite-cache.ts";
import { bounds } from "../../engines/vulnerability/bounds.ts";
import { parseDocument } from "../../engines/vulnerability/database/take.ts";
import { tarFiles } from "../../engines/vulnerability/database/tar.ts";
import type { VendorDocument } from "../../engines/vulnerability/database/vendor-document.ts";
import { download, forget } from "../../engines/vulnerability/feeds/download.ts";
import { type FeedClient, getDocument } from "../../engines/vulnerability/feeds/http.ts";
import {
  faultOf,
  fetchSignature,
  isForeign,
  keepKeys,
  readSigned,
  refused,
  type SigningKeys,
  signingKeys,
} from "./red-hat-signatures.ts";

/** In the folder of what was fetched: the archive, and `changes/` with when each file in it changed. */
const FOLDER = "red-hat";
const STATE = "changes.json";
/** Requests at once. */
const PARALLEL = 8;

interface Listed {
  /** `2024/cve-2024-34397.json` → ISO 8601, when it changed. */
  readonly changed: ReadonlyMap<string, string>;
  /** The same, when it went. */
  readonly gone: ReadonlyMap<string, string>;
}

/**
 * @param base - URL of the folder, with a slash at its end
 * @param folder - where what is fetched is kept
 * @param keyring - one of these keys has to have signed it; none: one of those that it was last verified by
 * @throws Problem `feeds.…` where a part cannot be had, or is not what it says, `updates.signature`
 */
export async function redHatVexDocument(
  name: string,
  base: URL,
  folder: string,
  from: SuiteSource,
  keyring: readonly KeyFile[],
): Promise<VendorDocument> {
  const { client } = from;
  if (client === undefined) throw answer(base, "no server may be asked");
  const latest = await text("archive_latest.txt", base, from, bounds.smallFileBytes);
  const archive = latest.trim();
  const [, day] = /^csaf_vex_(\d{4}-\d{2}-\d{2})\.tar\.(?:zst|gz)$/.exec(archive) ?? [];
  if (day === undefined || Number.isNaN(Date.parse(day))) {
    throw answer(new URL("archive_latest.txt", base), "it names no archive of VEX files (csaf_vex_DATE.tar.zst)");
  }
  const own = join(folder, FOLDER);
  const keys = signingKeys(keyring, own, from.now);
  const path = join(own, archive);
  const { sha256, signedBy } = await fetchArchive(new URL(archive, base), { path, day }, client, keys);
  if (keys !== undefined) keepKeys(keys, own);
  const listed = {
    changed: listOf(await text("changes.csv", base, from, bounds.feedListBytes), new URL("changes.csv", base)),
    gone: listOf(await text("deletions.csv", base, from, bounds.feedListBytes), new URL("deletions.csv", base)),
  };
  const { later, removed } = sinceArchive(listed, day);
  await fetchChanged(later, { base, folder: join(own, "changes"), client, keys, onFetch: from.onFetch });
  const newest = [day, ...listed.changed.values(), ...listed.gone.values()].map((date) => Date.parse(date));
  const asOf = new Date(Math.min(greatest(newest), from.now.getTime())).toISOString();
  const state = JSON.stringify([sha256, [...later].sort(), [...removed].sort()]);
  async function* readings(): ReturnType<VendorDocument["readings"]> {
    for await (const { name: entry, bytes } of tarFiles(path, (each) => each.endsWith(".json"))) {
      const file = /\d{4}\/[^/]+$/.exec(entry)?.[0] ?? entry;
      if (later.has(file) || removed.has(file)) continue;
      for (const reading of parseDocument(entry, bytes?.toString("utf8"))) yield { place: entry, reading };
    }
    for (const file of later.keys()) {
      const content = readFileSync(join(own, "changes", keptAs(file)), "utf8");
      for (const reading of parseDocument(file, content)) yield { place: file, reading };
    }
  }
  return { name, sha256: sha256Of(state), bytes: latest.length, readings, asOf, isWhole: true, signedBy };
}

/** The archive as it is now, verified; a copy that is not what it says is forgotten, for the next one may be. */
async function fetchArchive(
  url: URL,
  { path, day }: { readonly path: string; readonly day: string },
  client: FeedClient,
  keys: SigningKeys | undefined,
): Promise<{ readonly sha256: string; readonly signedBy: string }> {
  // The signature first: without one, some hundred MB need not be fetched.
  const signature = keys === undefined ? undefined : await fetchSignature(url, client);
  const { state } = await download({ client, url, path, limit: bounds.feedArchiveBytes });
  if (state === "absent") throw answer(url, "archive_latest.txt names it, and it is not there");
  forgetOthers(dirname(path), basename(path));
  const { sha256, signer } = await readSigned(path, signature, keys);
  await holdDigest(new URL(`${url.href}.sha256`), sha256, client, path);
  if (signer === undefined) return { sha256, signedBy: "" };
  if ("fault" in signer) {
    if (!isForeign(signer.fault)) forget(path);
    throw refused(url, `it ${signer.fault}`);
  }
  // Its name is not signed: an old archive under a new one would say that nothing changed.
  const signedOn = signer.signedAt.toISOString().slice(0, 10);
  if (signedOn < dayBefore(day)) throw refused(url, `it was signed on ${signedOn}, before the day in its name`);
  return { sha256, signedBy: signer.fingerprint };
}

/** Clocks, and time zones, differ by less than a day. */
function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}

/** What the archive does not have as it is now, and what it has and is gone. */
function sinceArchive(
  { changed, gone }: Listed,
  day: string,
): { readonly later: ReadonlyMap<string, string>; readonly removed: ReadonlySet<string> } {
  const goneAt = (file: string) => Date.parse(gone.get(file) ?? "");
  const isGone = (file: string) => goneAt(file) >= Date.parse(changed.get(file) ?? day);
  // The archive was made at some time of its day.
  const later = new Map([...changed].filter(([file, at]) => Date.parse(at) >= Date.parse(day) && !isGone(file)));
  if (later.size > bounds.vendorChanges) {
    throw new Problem({
      kind: "unavailable",
      code: "feeds.answer",
      place: "changes.csv",
      cause: `${later.size} files changed since the archive of ${day}, more than ${bounds.vendorChanges}`,
      remedy: "run it again once a newer archive is published",
    });
  }
  return { later, removed: new Set([...gone.keys()].filter(isGone)) };
}

interface Changes {
  readonly base: URL;
  readonly folder: string;
  readonly client: FeedClient;
  readonly keys: SigningKeys | undefined;
  readonly onFetch: SuiteSource["onFetch"];
}

/** Fetches those that are not kept as of when they changed, or not as one of the keys signed them. */
async function fetchChanged(later: ReadonlyMap<string, string>, changes: Changes): Promise<void> {
  const { base, folder, keys, onFetch } = changes;
  makePrivateFolder(folder);
  const kept = readState(folder);
  const has = new Map(
    [...kept].filter(([file, at]) => later.get(file) === at && (keys === undefined || isSigned(file, folder, keys))),
  );
  const missing = [...later].filter(([file]) => !has.has(file));
  const wanted = new Set([STATE, ...[...has.keys()].flatMap((file) => [keptAs(file), `${keptAs(file)}.asc`])]);
  for (const name of readdirSync(folder)) if (!wanted.has(name)) rmSync(join(folder, name));
  let done = 0;
  const next = async (): Promise<void> => {
    for (let each = missing.pop(); each !== undefined; each = missing.pop()) {
      const [file, at] = each;
      const url = new URL(file, base);
      if (++done % 50 === 1) onFetch?.(url.href);
      await fetchFile(file, url, changes);
      has.set(file, at);
    }
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL }, next));
  } finally {
    writeWhole(join(folder, STATE), JSON.stringify([...has]), { mode: 0o600 });
  }
}

async function fetchFile(file: string, url: URL, { folder, client, keys }: Changes): Promise<void> {
  const path = join(folder, keptAs(file));
  const { status, body } = await getDocument(client, url, {}, bounds.vendorDocumentBytes);
  // Neither its old form nor none is what Red Hat says of this flaw.
  if (status !== 200) throw answer(url, "changes.csv names it, and it is not there");
  if (keys !== undefined) {
    const signature = await fetchSignature(url, client);
    const fault = faultOf(body, signature, keys);
    if (fault !== undefined) throw refused(url, `it ${fault}`);
    writeWhole(`${path}.asc`, signature, { mode: 0o600 });
  }
  writeWhole(path, body, { mode: 0o600 });
}

/** What was fetched without a key has no signature beside it. */
function isSigned(file: string, folder: string, keys: SigningKeys): boolean {
  const path = join(folder, keptAs(file));
  try {
    return faultOf(readFileSync(path), readFileSync(`${path}.asc`), keys) === undefined;
  } catch {
    return false;
  }
}

function readState(folder: string): ReadonlyMap<string, string> {
  try {
    const pairs: unknown = parseJson(readFileSync(join(folder, STATE), "utf8"));
    const names = new Set(readdirSync(folder));
    return new Map(
      (Array.isArray(pairs) ? (pairs as unknown[]) : []).filter(
        (pair): pair is [string, string] =>
          Array.isArray(pair) && FILE.test(String(pair[0])) && names.has(keptAs(String(pair[0]))),
      ),
    );
  } catch {
    return new Map();
  }
}

const FILE = /^\d{4}\/cve-\d{4}-\d{4,19}\.json$/;

function keptAs(file: string): string {
  return file.replace("/", "-");
}

/**
 * Rows of a file and a time, in quotes or not, the newest first or not: of a file the newest counts. A row of another form may
 * name anything, so none of the list is believed then.
 */
function listOf(csv: string, url: URL): Map<string, string> {
  const rows = new Map<string, string>();
  for (const [i, line] of csv.split("\n").entries()) {
    const row = line.trim();
    if (row === "") continue;
    const [, file = "", at = ""] = /^"?([^",]{1,200})"?\s*,\s*"?([^",]{10,40})"?$/.exec(row) ?? [];
    if (!FILE.test(file) || Number.isNaN(Date.parse(at)))
      throw answer(url, `line ${i + 1} is no row of a file and a time`);
    const known = rows.get(file);
    if (known === undefined || Date.parse(known) < Date.parse(at)) rows.set(file, at);
  }
  return rows;
}

async function text(file: string, base: URL, from: SuiteSource, limit: number): Promise<string> {
  const { copy, isNew, stale } = await fetchSigned(new URL(file, base), from, limit);
  if (stale !== undefined) throw stale;
  if (isNew) from.cache?.storeSigned(new URL(file, base).href, copy);
  return copy.bytes.toString("utf8");
}

/** Where the server has one: it tells a broken copy, and nobody's word but the server's. */
async function holdDigest(url: URL, sha256: string, client: FeedClient, path: string): Promise<void> {
  const { status, body } = await getDocument(client, url, {}, bounds.smallFileBytes);
  if (status === 404) return;
  if (!body.toString("latin1").trim().toLowerCase().startsWith(sha256)) {
    forget(path);
    throw answer(url, `the archive has another SHA-256 (${sha256})`);
  }
}

/** Archives of other days, and what is left of their downloads. */
function forgetOthers(folder: string, archive: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith("csaf_vex_") && !name.startsWith(archive)) rmSync(join(folder, name), { force: true });
  }
}

function answer(url: URL, cause: string): Problem {
  return new Problem({ kind: "unavailable", code: "feeds.answer", place: url.href, cause });
}
