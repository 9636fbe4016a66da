/**
 * Red Hat's VEX files as its server lays them out (Red Hat's Security Data Guidelines, "CSAF-VEX"): `archive_latest.txt`
 * names an archive of all of them as of one day, `changes.csv` each file with when it last changed, and `deletions.csv`
 * those that are gone. What changed since the archive's day is fetched one by one, and counts before what the archive has.
 */
import { createHash } from "node:crypto";
import { createReadStream, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { greatest } from "../../core/extremes.ts";
import { Problem } from "../../core/problem.ts";
import { makePrivateFolder, writeWhole } from "../../engines/files/write.ts";
import { fetchSigned, type SuiteSource } from "../../engines/updates/fetch.ts";
import { sha256Of } from "../../engines/updates/suite-cache.ts";
import { bounds } from "../../engines/vulnerability/bounds.ts";
import { parseDocument } from "../../engines/vulnerability/database/take.ts";
import { tarFiles } from "../../engines/vulnerability/database/tar.ts";
import type { VendorDocument } from "../../engines/vulnerability/database/vendor-document.ts";
import { download } from "../../engines/vulnerability/feeds/download.ts";
import { type FeedClient, getDocument } from "../../engines/vulnerability/feeds/http.ts";

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
 * @throws Problem `feeds.…` where a part cannot be had, or is not what it says
 */
export async function redHatVexDocument(
  name: string,
  base: URL,
  folder: string,
  from: SuiteSource,
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
  const path = join(own, archive);
  const { state: had } = await download({ client, url: new URL(archive, base), path, limit: bounds.feedArchiveBytes });
  if (had === "absent") throw answer(new URL(archive, base), "archive_latest.txt names it, and it is not there");
  forgetOthers(own, archive);
  const sha256 = await sha256OfFile(path);
  await holdDigest(new URL(`${archive}.sha256`, base), sha256, client);
  const listed = {
    changed: listOf(await text("changes.csv", base, from, bounds.feedListBytes), new URL("changes.csv", base)),
    gone: listOf(await text("deletions.csv", base, from, bounds.feedListBytes), new URL("deletions.csv", base)),
  };
  const { later, removed } = sinceArchive(listed, day);
  await fetchChanged(later, base, join(own, "changes"), client, from.onFetch);
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
  return { name, sha256: sha256Of(state), bytes: latest.length, readings, asOf, isWhole: true };
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

/** Fetches those that are not kept as of when they changed. */
async function fetchChanged(
  later: ReadonlyMap<string, string>,
  base: URL,
  folder: string,
  client: FeedClient,
  onFetch: SuiteSource["onFetch"],
): Promise<void> {
  makePrivateFolder(folder);
  const kept = readState(folder);
  const missing = [...later].filter(([file, at]) => kept.get(file) !== at);
  const has = new Map([...kept].filter(([file, at]) => later.get(file) === at));
  const wanted = new Set([STATE, ...[...has.keys()].map(keptAs)]);
  for (const name of readdirSync(folder)) if (!wanted.has(name)) rmSync(join(folder, name));
  let done = 0;
  const next = async (): Promise<void> => {
    for (let each = missing.pop(); each !== undefined; each = missing.pop()) {
      const [file, at] = each;
      const url = new URL(file, base);
      if (++done % 50 === 1) onFetch?.(url.href);
      const { status, body } = await getDocument(client, url, {}, bounds.vendorDocumentBytes);
      // Neither its old form nor none is what Red Hat says of this flaw.
      if (status !== 200) throw answer(url, "changes.csv names it, and it is not there");
      writeWhole(join(folder, keptAs(file)), body, { mode: 0o600 });
      has.set(file, at);
    }
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL }, next));
  } finally {
    writeWhole(join(folder, STATE), JSON.stringify([...has]), { mode: 0o600 });
  }
}

function readState(folder: string): ReadonlyMap<string, string> {
  try {
    const pairs: unknown = JSON.parse(readFileSync(join(folder, STATE), "utf8"));
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
async function holdDigest(url: URL, sha256: string, client: FeedClient): Promise<void> {
  const { status, body } = await getDocument(client, url, {}, bounds.smallFileBytes);
  if (status === 404) return;
  if (!body.toString("latin1").trim().toLowerCase().startsWith(sha256)) {
    throw answer(url, `the archive has another SHA-256 (${sha256})`);
  }
}

/** Archives of other days, and what is left of their downloads. */
function forgetOthers(folder: string, archive: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith("csaf_vex_") && !name.startsWith(archive)) rmSync(join(folder, name), { force: true });
  }
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
  }
  return hash.digest("hex");
}

function answer(url: URL, cause: string): Problem {
  return new Problem({ kind: "unavailable", code: "feeds.answer", place: url.href, cause });
}
