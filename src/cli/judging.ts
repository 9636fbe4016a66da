/** What every judging command shares: its options read, its context opened and closed, its report written. */
import { writeFileSync } from "node:fs";
import { checks } from "../checks/index.ts";
import { openScanCache } from "../collect/cache.ts";
import { openAdvisories } from "../collect/image/advisories.ts";
import type { EvaluateContext } from "../collect/image/evaluate.ts";
import { loadPolicy } from "../collect/policy/load.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { Problem } from "../core/problem.ts";
import type { ControlResult, DatabaseUse, ExitCode, LayerResult, Report } from "../core/report.ts";
import { type RatedSeverity, reaches, severities } from "../core/severity.ts";
import { parsePlatform } from "../engines/oci/image.ts";
import type { OpenOptions } from "../engines/oci/open.ts";
import { outputDefaults } from "../report/options.ts";
import { type Format, formats, render } from "../report/render.ts";
import { defaultCache, defaultDatabase } from "./paths.ts";
import { createProgress, type Progress, progressLine } from "./progress.ts";
import { toolVersion } from "./version.ts";

export interface JudgingOptions {
  readonly policy?: string;
  readonly db?: string;
  readonly format: readonly string[];
  readonly failOn?: string;
  readonly all: boolean;
  readonly quiet: boolean;
  /** False for --no-cache, a path for --cache FILE, true for neither. */
  readonly cache: boolean | string;
  readonly now?: string;
  readonly platform?: string;
  readonly caFile?: string;
  readonly insecureRegistry: boolean;
  readonly plainHttp: boolean;
}

/** What a command judged, before it is a report. */
export interface Judged {
  readonly subject: string;
  readonly evaluations: readonly Evaluation[];
  readonly controls?: readonly ControlResult[];
  readonly layers?: readonly LayerResult[];
  readonly notes: readonly string[];
}

export interface Judging extends EvaluateContext {
  readonly open: OpenOptions;
  readonly progress: Progress;
}

/**
 * Opens what judging needs, lets `judge` do it, writes the report in every format asked for.
 *
 * @param root - where the tree's own policy file is looked for
 * @returns the exit code
 */
export async function runJudging(
  root: string,
  options: JudgingOptions,
  judge: (context: Judging) => Promise<Judged>,
): Promise<ExitCode> {
  const started = performance.now();
  const outputs = parseFormats(options.format);
  const failOn = parseFailOn(options.failOn);
  const now = parseNow(options.now);
  const open = openOptions(options);
  const policy = await loadPolicy({ flag: options.policy, root });
  const advisories = openAdvisories(options.db ?? defaultDatabase());
  const cache =
    options.cache === false
      ? undefined
      : openScanCache(typeof options.cache === "string" ? options.cache : defaultCache());
  const progress = createProgress(process.stderr, options.quiet, started);
  try {
    const judged = await judge({
      now,
      policy,
      advisories,
      open,
      progress,
      ...(cache === undefined ? {} : { cache }),
      onProgress: ({ name, done, total }) => progress.update(progressLine(name, done, total)),
    });
    const named = new Set(judged.evaluations.map((evaluation) => evaluation.check));
    const report: Report = {
      tool: { name: "bulkhead", version: toolVersion() },
      startedAt: now.toISOString(),
      policy: policy.origin,
      databases: databasesOf(advisories),
      ...judged,
      checks: checks.filter((check) => named.has(check.id)),
      exitCode: exitCodeOf(judged.evaluations, failOn),
    };
    progress.clear();
    for (const { format, file } of outputs) writeReport(report, format, file, options.all);
    return report.exitCode;
  } finally {
    progress.clear();
    if (!(advisories instanceof Problem)) advisories.close();
    cache?.close();
  }
}

/** `1` beats `3`: what was found counts even where not everything was looked at. */
function exitCodeOf(evaluations: readonly Evaluation[], failOn: RatedSeverity | "never" | undefined): ExitCode {
  const failed =
    failOn === undefined
      ? evaluations.some((evaluation) => evaluation.verdict === "fail")
      : failOn !== "never" &&
        evaluations.some(({ findings }) => findings.some((finding) => reaches(finding.severity, failOn)));
  if (failed) return 1;
  if (failOn === "never") return 0;
  return evaluations.some((evaluation) => evaluation.verdict === "unknown") ? 3 : 0;
}

function writeReport(report: Report, format: Format | undefined, file: string | undefined, all: boolean): void {
  const defaults = outputDefaults(process.stdout, process.env);
  if (file === undefined) {
    process.stdout.write(render(report, format ?? defaults.format, { ...defaults, all }));
    return;
  }
  try {
    writeFileSync(file, render(report, format ?? defaults.format, { columns: 100, color: false, all }));
  } catch (error) {
    throw new Problem({ kind: "usage", code: "cli.output", place: file, cause: (error as Error).message });
  }
}

interface Output {
  readonly format?: Format;
  readonly file?: string;
}

function parseFormats(written: readonly string[]): Output[] {
  const outputs = written.map((text): Output => {
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals);
    const format = formats.find((known) => known === name);
    if (format === undefined) {
      throw usage(`--format ${text}`, "there is no such format", `one of ${formats.join(", ")}`);
    }
    return equals < 0 ? { format } : { format, file: text.slice(equals + 1) };
  });
  if (outputs.filter((output) => output.file === undefined).length > 1) {
    throw usage("--format", "two formats would both go to the terminal", "give one a file: --format sarif=FILE");
  }
  // A file beside it does not take the terminal's own view away.
  return outputs.some((output) => output.file === undefined) ? outputs : [...outputs, {}];
}

function parseFailOn(written: string | undefined): RatedSeverity | "never" | undefined {
  if (written === undefined || written === "never") return written;
  const severity = severities.find((known) => known === written.toLowerCase());
  if (severity === undefined) {
    throw usage(`--fail-on ${written}`, "there is no such severity", `one of ${severities.join(", ")}, never`);
  }
  return severity;
}

function parseNow(written: string | undefined): Date {
  const now = written === undefined ? new Date() : new Date(written);
  if (Number.isNaN(now.getTime())) throw usage(`--now ${written}`, "it is no time", "for example 2026-08-22T00:00:00Z");
  return now;
}

function openOptions(options: JudgingOptions): OpenOptions {
  return {
    ...(options.platform === undefined ? {} : { platform: parsePlatform(options.platform) }),
    registry: {
      insecure: options.insecureRegistry,
      plainHttp: options.plainHttp,
      ...(options.caFile === undefined ? {} : { caFile: options.caFile }),
    },
  };
}

function databasesOf(advisories: EvaluateContext["advisories"]): DatabaseUse[] {
  if (advisories instanceof Problem) return [];
  const { label, advisories: count, sources } = advisories.status();
  const dates = sources.flatMap((source) => source.coverage.map((coverage) => coverage.asOf)).sort();
  const [asOf] = dates;
  return [
    {
      label: label ?? "advisories",
      ...(asOf === undefined ? {} : { asOf }),
      detail: `${count} advisories of ${sources.length} ${sources.length === 1 ? "source" : "sources"}`,
    },
  ];
}

function usage(place: string, cause: string, remedy: string): Problem {
  return new Problem({ kind: "usage", code: "cli.usage", place, cause, remedy });
}
