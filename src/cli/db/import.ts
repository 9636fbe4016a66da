import { dirname } from "node:path";
import { parseRepositoryPath } from "../../collect/advisories/repository-path.ts";
import { readClock } from "../../core/clock.ts";
import { counted, someOf } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import { usageProblem } from "../../core/problem.ts";
import { makePrivateFolder } from "../../engines/files/write.ts";
import type { CoverageDeclaration } from "../../engines/vulnerability/database/coverage.ts";
import { areWorthThread, startReadingThread } from "../../engines/vulnerability/database/reading-thread.ts";
import { inlineLess } from "../compiler.ts";
import { defaultDatabase } from "../paths.ts";
import { createProgress } from "../progress.ts";
import { openThreads } from "../threads.ts";

interface ImportOptions {
  readonly db?: string;
  readonly label?: string;
  readonly covers: readonly string[];
  readonly publicKey?: string;
  readonly insecureUnsigned: boolean;
  readonly maxAge?: string;
  readonly allowOlder: boolean;
  readonly keyring: readonly string[];
  readonly quiet: boolean;
}

/** Undeclared scopes shown of one source. */
const SHOWN = 5;

/** `bulkhead db import SOURCE...` */
export async function dbImport(sources: readonly string[], options: ImportOptions): Promise<number> {
  const database = options.db ?? defaultDatabase();
  makePrivateFolder(dirname(database));
  const [first] = sources;
  const bundles = sources.filter((path) => path.endsWith(".bundle"));
  if (first !== undefined && bundles.length > 0) {
    if (sources.length > 1) throw usageProblem(sources.join(" "), "a bundle cannot be combined with other sources");
    const { takeBundle } = await import("./bundle.ts");
    return await takeBundle(first, database, options);
  }
  if (options.maxAge !== undefined) {
    throw usageProblem(`--max-age ${options.maxAge}`, "--max-age applies to a bundle only");
  }
  const progress = createProgress(process.stderr, options.quiet);
  const started = performance.now();
  const now = readClock();
  const keyring = options.keyring.length === 0 ? [] : options.keyring.flatMap((await import("../updates.ts")).keyFiles);
  const repositories = sources.flatMap((word) => parseRepositoryPath(word) ?? []);
  if (keyring.length > 0 && repositories.length === 0) {
    throw usageProblem("--keyring", "it applies to rpm repositories only", "give a directory with repodata/repomd.xml");
  }
  // A client of HTTP and a verifier of signatures come with them, which take a third of the start.
  const opened =
    repositories.length === 0
      ? []
      : await import("../../collect/advisories/repositories.ts").then(({ readFolderRepository }) =>
          repositories.map((each) => readFolderRepository(each, keyring, now)),
        );
  // It starts while the import's own code is loaded, and before flags are set: under other ones than those of the start it would
  // have to compile what Node brings compiled.
  const threads = openThreads();
  const reading = threads && areWorthThread(sources) ? startReadingThread(threads, inlineLess) : undefined;
  if (reading === undefined) inlineLess();
  const { importAdvisories } = await import("../../engines/vulnerability/database/import.ts");
  const report = await importAdvisories({
    database,
    sources: sources.filter((word) => parseRepositoryPath(word) === undefined),
    documents: opened.map(({ document }) => document),
    now,
    ...(threads === undefined ? {} : { threads }),
    ...(reading === undefined ? {} : { reading }),
    coverage: options.covers.map(parseCoverage),
    ...(options.label === undefined ? {} : { label: options.label }),
    onProgress: ({ records, source }) => progress.update(`importing ${source}: ${records} records`),
  }).finally(() => {
    reading?.end();
    progress.clear();
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const lines = [
    ...opened.map(({ document, signedBy }) =>
      signedBy === undefined
        ? `${document.name}: signature of repomd.xml not verified (use --keyring)`
        : `${document.name}: repomd.xml signed by ${signedBy}`,
    ),
    ...(report.sources.length === 0
      ? []
      : [`${report.records} records of ${counted(report.sources.length, "source")} in ${seconds} s`]),
    `${report.advisories} advisories, ${(report.size / 1e6).toFixed(1)} MB: ${database}`,
  ];
  for (const { kind, version, records, asOf } of report.catalogues) {
    lines.push(`${kind.toUpperCase()} ${version}: ${records} vulnerabilities, as of ${asOf.slice(0, 10)}`);
  }
  if (report.refused > 0) lines.push(`${report.refused} records rejected (see \`bulkhead db status\`)`);
  if (report.unreadable > 0)
    lines.push(`${report.unreadable} affected packages with unparsable versions: unknown where installed`);
  for (const source of report.sources) {
    const undeclared = source.undeclared.map((scope) => scope.scope);
    if (undeclared.length === 0) continue;
    lines.push(
      `${source.name} declares no coverage of ${someOf(undeclared, SHOWN)}: packages without advisories are unknown`,
    );
  }
  process.stdout.write(`${lines.map(printable).join("\n")}\n`);
  return 0;
}

/** `Debian:13@2026-08-21`, `npm@2026-08-21`. */
function parseCoverage(written: string): CoverageDeclaration {
  const match = /^([^:@]+)(?::([^@]+))?@(\d{4}-\d\d-\d\d)$/.exec(written);
  const [, ecosystem, release, asOf] = match ?? [];
  if (ecosystem === undefined || asOf === undefined) {
    throw usageProblem(`--covers ${written}`, "not ECOSYSTEM[:RELEASE]@DATE", "for example: Debian:13@2026-08-21");
  }
  return { ecosystem, ...(release === undefined ? {} : { releases: [release] }), asOf, complete: true };
}
