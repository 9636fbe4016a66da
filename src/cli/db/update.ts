import { printable } from "../../core/printable.ts";
import { isEvidenceProblem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { isThere } from "../../engines/files/write.ts";
import { type UpdateProgress, type UpdateReport, updateAdvisories } from "../../engines/vulnerability/feeds/update.ts";
import { defaultDatabase } from "../paths.ts";
import { createProgress, type Progress } from "../progress.ts";

interface UpdateOptions {
  readonly db?: string;
  readonly from?: string;
  readonly ecosystem: readonly string[];
  readonly kev?: string;
  readonly epss?: string;
  readonly caFile?: string;
  readonly quiet: boolean;
}

/** `bulkhead db update`: 0 where everything asked for is up to date, 3 where a part of it could not be had. */
export async function dbUpdate({ db, ecosystem, quiet, ...servers }: UpdateOptions): Promise<ExitCode> {
  const progress = createProgress(process.stderr, quiet);
  const database = db ?? defaultDatabase();
  if (!quiet && !isThere(database)) process.stderr.write(`${FIRST}\n`);
  const report = await updateAdvisories({
    ...servers,
    database,
    ecosystems: ecosystem,
    now: new Date(),
    onProgress: (step) => progress.update(progressText(step)),
  }).finally(() => progress.clear());
  process.stdout.write(`${reportLines(report).map(printable).join("\n")}\n`);
  for (const { name, problem } of report.failures) {
    process.stderr.write(`bulkhead: ${printable(name)}: ${problem.line()}\n`);
  }
  return report.failures.length > 0 ? 3 : 0;
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
    const { failures } = await updateAdvisories({
      database,
      ecosystems: [],
      now: new Date(),
      ...(from === undefined ? {} : { from }),
      ...(caFile === undefined ? {} : { caFile }),
      onProgress: (step) => progress.update(progressText(step)),
    });
    return failures.map(({ name, problem }) => `advisories of ${name} not updated: ${problem.line()}`);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return [`advisories not updated: ${error.line()}`];
  } finally {
    progress.clear();
  }
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
