import { join, resolve } from "node:path";
import {
  type FetchedDocuments,
  fetchVendorDocuments,
  usualVendorFeeds,
  type VendorFeed,
  vendorFeeds,
} from "../../collect/advisories/vendors.ts";
import { readClock } from "../../core/clock.ts";
import { printable } from "../../core/printable.ts";
import { isEvidenceProblem, usageProblem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { isThere } from "../../engines/files/write.ts";
import { openSuiteCache } from "../../engines/updates/suite-cache.ts";
import { documentNames } from "../../engines/vulnerability/feeds/documents.ts";
import { feedClient } from "../../engines/vulnerability/feeds/http.ts";
import { type UpdateProgress, type UpdateReport, updateAdvisories } from "../../engines/vulnerability/feeds/update.ts";
import { defaultDatabase } from "../paths.ts";
import { createProgress, type Progress } from "../progress.ts";
import { keyFiles } from "../updates.ts";

interface UpdateOptions {
  readonly db?: string;
  readonly from?: string;
  readonly ecosystem: readonly string[];
  readonly kev?: string;
  readonly epss?: string;
  readonly caFile?: string;
  readonly keyring: readonly string[];
  readonly quiet: boolean;
}

/** `bulkhead db update`: 0 where everything asked for is up to date, 3 where a part of it could not be had. */
export async function dbUpdate({ db, ecosystem, keyring, quiet, ...servers }: UpdateOptions): Promise<ExitCode> {
  const progress = createProgress(process.stderr, quiet);
  const database = db ?? defaultDatabase();
  // Before anything is fetched: a keyring that cannot be read ends it.
  const feeds = withKeys(feedsOf(database, ecosystem, servers.from), keyring);
  if (!quiet && ecosystem.length === 0 && !isThere(database)) process.stderr.write(`${FIRST}\n`);
  const vendors = await vendorDocuments(database, feeds, servers.caFile, progress);
  const osv = ecosystem.filter((name) => vendorFeeds(name).length === 0);
  const report = await updateAdvisories({
    ...servers,
    database,
    ecosystems: osv,
    documentsOnly: ecosystem.length > 0 && osv.length === 0,
    documents: vendors.documents,
    now: readClock(),
    onProgress: (step) => progress.update(progressText(step)),
  }).finally(() => progress.clear());
  const failures = [...report.failures, ...vendors.failures];
  process.stdout.write(`${[...signatureLines(vendors), ...reportLines(report)].map(printable).join("\n")}\n`);
  for (const { name, problem } of failures) {
    process.stderr.write(`bulkhead: ${printable(name)}: ${problem.line()}\n`);
  }
  const doubts = doubtsOf(report);
  for (const doubt of doubts) process.stderr.write(`bulkhead: ${printable(doubt)}\n`);
  return failures.length + doubts.length > 0 ? 3 : 0;
}

/**
 * Those of vendors that publish in a form of their own: of those named, else of those that the database has, else, where there is no
 * database yet and no mirror is named, the usual ones.
 */
function feedsOf(database: string, named: readonly string[], mirror: string | undefined): readonly VendorFeed[] {
  const known = named.length > 0 ? named : documentNames(database);
  return known === undefined ? (mirror === undefined ? usualVendorFeeds : []) : known.flatMap(vendorFeeds);
}

async function vendorDocuments(
  database: string,
  feeds: readonly VendorFeed[],
  caFile: string | undefined,
  progress: Progress,
): Promise<FetchedDocuments> {
  if (feeds.length === 0) return { documents: [], failures: [] };
  const client = feedClient(caFile === undefined ? {} : { caFile });
  try {
    const folder = join(`${resolve(database)}.feeds`, "vendors");
    const cache = openSuiteCache(folder);
    const onFetch = (place: string) => progress.update(`fetching ${place}`);
    return await fetchVendorDocuments(feeds, { client, cache, now: readClock(), onFetch }, folder);
  } finally {
    client.close();
  }
}

/** `--keyring FILE` is for each feed that is updated, `--keyring "Red Hat:VEX=FILE"` for those of that name. */
function withKeys(feeds: readonly VendorFeed[], words: readonly string[]): readonly VendorFeed[] {
  const keyrings = words.map((word) => {
    const at = isThere(word) ? -1 : word.indexOf("=");
    const of = at < 0 ? undefined : word.slice(0, at);
    const fitting = feeds.filter(({ name }) => of === undefined || name === of || /^[:=]/.test(after(name, of)));
    if (fitting.length === 0) {
      const cause = of === undefined ? "no vendor's own feed is updated" : `no feed of ${of} is updated`;
      throw usageProblem(`--keyring ${word}`, cause, 'name it with --ecosystem: --ecosystem "Red Hat:VEX"');
    }
    return { fitting: new Set(fitting), files: keyFiles(word.slice(at + 1)) };
  });
  return feeds.map((feed) => ({
    ...feed,
    keys: keyrings.flatMap(({ fitting, files }) => (fitting.has(feed) ? files : [])),
  }));
}

/** What follows the beginning of a text; "" where it begins otherwise. */
function after(text: string, beginning: string): string {
  return text.startsWith(beginning) ? text.slice(beginning.length) : "";
}

/** Whose word the vendors' feeds are, where a vendor signs. */
function signatureLines({ documents }: FetchedDocuments): string[] {
  return documents.flatMap(({ name, signedBy }) => {
    if (signedBy === undefined) return [];
    if (signedBy !== "") return [`${name}: signed by ${signedBy}`];
    return [
      `${name}: signature not verified: only TLS and a SHA-256 from the same server vouch for it (use --keyring)`,
    ];
  });
}

const FIRST =
  "no advisory database yet: downloading all ecosystems, several hundred MB and some minutes (--ecosystem NAME limits it)";

/**
 * `--update` of a scan: as `bulkhead db update`, for what the database is fed with, else for all. What cannot be had leaves
 * the database as it was: how old that may be, and what it lacks, the scan says itself.
 *
 * @returns one sentence for each part that could not be had
 */
export async function updateBeforeScan(
  database: string,
  { from, caFile }: { readonly from?: string | undefined; readonly caFile?: string | undefined },
  progress: Progress,
): Promise<string[]> {
  try {
    const vendors = await vendorDocuments(database, feedsOf(database, [], from), caFile, progress);
    const report = await updateAdvisories({
      database,
      ecosystems: [],
      documents: vendors.documents,
      now: readClock(),
      ...(from === undefined ? {} : { from }),
      ...(caFile === undefined ? {} : { caFile }),
      onProgress: (step) => progress.update(progressText(step)),
    });
    const failures = [...report.failures, ...vendors.failures].map(
      ({ name, problem }) => `advisories of ${name} not updated: ${problem.line()}`,
    );
    return [...failures, ...doubtsOf(report)];
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return [`advisories not updated: ${error.line()}`];
  } finally {
    progress.clear();
  }
}

function doubtsOf({ feeds }: UpdateReport): string[] {
  return feeds.flatMap(({ ecosystem, doubt }) =>
    doubt === undefined ? [] : [`advisories of ${ecosystem}: ${doubt}, so nothing passes by them`],
  );
}

function progressText(progress: UpdateProgress): string {
  switch (progress.step) {
    case "list":
      return `checking ${progress.ecosystem} for changes`;
    case "records":
      return `fetching ${progress.ecosystem}: ${progress.done} of ${progress.total} records`;
    case "archive": {
      const total = progress.total === undefined ? "" : ` of ${megabytes(progress.total)}`;
      return `fetching ${progress.ecosystem}: ${megabytes(progress.done)}${total} MB`;
    }
    case "catalogue":
      return `fetching ${progress.name.toUpperCase()}`;
    case "copy":
      return "copying the database";
    case "write":
      return `reading changes of ${progress.ecosystem}`;
    case "finish":
      return "finishing the database";
  }
}

function reportLines(report: UpdateReport): string[] {
  const lines = report.feeds.map(({ ecosystem, read, removed, records, refused, behind, asOf }) => {
    const parts = [`${read} of ${records} records read`];
    if (removed > 0) parts.push(`${removed} gone`);
    if (refused > 0) parts.push(`${refused} rejected (see \`bulkhead db status\`)`);
    if (behind > 0) parts.push(`${behind} not available yet`);
    return `${ecosystem}: ${parts.join(", ")}, as of ${asOf.slice(0, 10)}`;
  });
  for (const { kind, version, records, asOf } of report.catalogues) {
    lines.push(`${kind.toUpperCase()} ${version}: ${records} vulnerabilities, as of ${asOf.slice(0, 10)}`);
  }
  if (report.unchanged.length > 0) lines.push(`nothing new: ${report.unchanged.join(", ")}`);
  if (report.superseded.length > 0) {
    lines.push(`imported from files, superseded: ${report.superseded.join(", ")}`);
  }
  const written = report.changed ? report.database : `${report.database} is unchanged`;
  return [...lines, `${megabytes(report.received)} MB received: ${written}`];
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
