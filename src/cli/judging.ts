/** What every judging command shares: its options read, its context opened and closed, its report written. */

import { relative, resolve, sep } from "node:path";
import { openKnownBases } from "../collect/base/known.ts";
import { readBaseline } from "../collect/baseline/read.ts";
import { openScanCache, type ScanCache } from "../collect/cache.ts";
import { openAdvisories } from "../collect/image/advisories.ts";
import type { EvaluateContext } from "../collect/image/evaluate.ts";
import { evaluatePolicy } from "../collect/policy/evaluate.ts";
import { loadPolicy } from "../collect/policy/load.ts";
import { readVexDocuments, vexNotes } from "../collect/vex.ts";
import { baselineOf, formatBaseline, setApart } from "../core/baseline.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { RunExtent } from "../core/exception-use.ts";
import type { Policy } from "../core/policy.ts";
import { Problem } from "../core/problem.ts";
import type { ControlResult, DatabaseUse, ExitCode, LayerResult, Report } from "../core/report.ts";
import { type RatedSeverity, reaches, severities } from "../core/severity.ts";
import { writeWhole } from "../engines/files/write.ts";
import { parsePlatform } from "../engines/oci/image.ts";
import type { OpenOptions } from "../engines/oci/open.ts";
import { descriptionsFor, everyDescription } from "./check-descriptions.ts";
import { parseFormats, writeReport } from "./outputs.ts";
import { defaultBases, defaultCache, defaultDatabase } from "./paths.ts";
import { createProgress, type Progress, progressLine } from "./progress.ts";
import { openUpdates, type UpdatesOptions } from "./updates.ts";
import { toolVersion } from "./version.ts";

/** What a report says where secrets were not looked for. */
export const NO_SECRETS = "secrets were not looked for (--no-secrets)";

/** Options of every command that reads images. */
export interface PullingOptions {
  readonly quiet: boolean;
  /** False for --no-cache, a path for --cache FILE, true for neither. */
  readonly cache: boolean | string;
  readonly platform?: string;
  readonly caFile?: string;
  readonly insecureRegistry: boolean;
  readonly plainHttp: boolean;
}

export interface JudgingOptions extends PullingOptions, Omit<UpdatesOptions, "cache"> {
  /** The list of known base images. */
  readonly bases?: string;
  readonly policy?: string;
  /** A file, or git:REF:PATH. */
  readonly baseline?: string;
  readonly writeBaseline?: string;
  /** Files, or git:REF:PATH. */
  readonly vex: readonly string[];
  readonly db?: string;
  readonly format: readonly string[];
  readonly failOn?: string;
  readonly all: boolean;
  readonly now?: string;
}

/** What a command judged, before it is a report. */
export interface Judged {
  readonly subject: string;
  /** Absent: one named thing. */
  readonly extent?: RunExtent;
  readonly evaluations: readonly Evaluation[];
  /** What joins evaluations; asked once the baseline's findings are set apart. */
  readonly join?: (evaluations: readonly Evaluation[]) => {
    readonly controls: readonly ControlResult[];
    readonly layers: readonly LayerResult[];
  };
  readonly notes: readonly string[];
  /** Goes to standard output in the place of a report. */
  readonly instead?: string;
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
  const outputs = parseFormats(options.format, process.stdout);
  const failOn = parseFailOn(options.failOn);
  const now = parseNow(options.now);
  const open = openOptions(options);
  const policy = await loadPolicy({ flag: options.policy, root });
  const baseline = options.baseline === undefined ? undefined : await readBaseline(options.baseline, root);
  const vex = await readVexDocuments(options.vex, root);
  const advisories = openAdvisories(options.db ?? defaultDatabase());
  const bases = openKnownBases(options.bases ?? defaultBases());
  const cache = scanCacheOf(options);
  const progress = createProgress(process.stderr, options.quiet, started);
  const updates = openUpdates(options, progress.update);
  try {
    const {
      subject,
      notes,
      join,
      instead,
      extent = "named",
      evaluations: found,
    } = await judge({
      now,
      policy,
      advisories,
      vex,
      bases,
      open,
      progress,
      ...(cache === undefined ? {} : { cache }),
      ...(updates === undefined ? {} : { updates }),
      onProgress: ({ name, done, total }) => progress.update(progressLine(name, done, total)),
    });
    // Only exceptions are held against checks that had nothing to judge.
    const all = policy.exceptions.length === 0 ? [] : await everyDescription();
    const judged = { evaluations: [...found, ...evaluatePolicy(policy, found, { now, extent, checks: all })] };
    const checks = await descriptionsFor(judged.evaluations);
    const apart = baseline === undefined ? undefined : setApart(judged.evaluations, baseline, { policy, checks });
    const evaluations = apart?.evaluations ?? judged.evaluations;
    const named = new Set(evaluations.map((evaluation) => evaluation.check));
    const report: Report = {
      tool: { name: "bulkhead", version: toolVersion() },
      startedAt: now.toISOString(),
      policy: policy.origin,
      databases: databasesOf(advisories),
      ...(apart === undefined ? {} : { baseline: apart.use }),
      subject,
      evaluations,
      ...join?.(evaluations),
      notes: [
        ...notes,
        ...vexNotes(vex),
        ...baselineNotes(options.baseline, root, policy),
        ...(options.writeBaseline === undefined ? [] : unrecordedNotes(judged.evaluations)),
      ],
      checks: checks.filter((check) => named.has(check.id)),
      exitCode: exitCodeOf(evaluations, failOn),
    };
    progress.clear();
    if (options.writeBaseline !== undefined) {
      const entries = baselineOf(judged.evaluations, now.toISOString().slice(0, 10), baseline);
      writeWhole(options.writeBaseline, formatBaseline(entries), { within: [root] });
    }
    if (instead !== undefined) process.stdout.write(instead);
    for (const output of outputs) {
      if (instead === undefined || output.file !== undefined) writeReport(report, output, options.all, root);
    }
    return report.exitCode;
  } finally {
    progress.clear();
    if (!(advisories instanceof Problem)) advisories.close();
    cache?.close();
    updates?.close();
  }
}

/** Whoever names a trusted policy does not trust the tree, and a baseline in it is as easily changed as the policy. */
function baselineNotes(baseline: string | undefined, root: string, policy: Policy): string[] {
  if (baseline === undefined || baseline.startsWith("git:") || policy.origin.kind !== "trusted") return [];
  const inTree = relative(root, resolve(baseline)).split(sep)[0] !== "..";
  return inTree
    ? [`the baseline ${baseline} is in the tree under review, whose author can add to it: name it as git:REF:PATH`]
    : [];
}

/** What is new at the next run too. */
function unrecordedNotes(evaluations: readonly Evaluation[]): string[] {
  const count = evaluations.flatMap(({ findings }) => findings).filter(({ unrecorded }) => unrecorded === true).length;
  if (count === 0) return [];
  const those = count === 1 ? "a password is" : `${count} passwords are`;
  return [
    `${those} in no baseline, for a baseline cannot tell one that could be guessed from another in its place: revoke it, or write an exception`,
  ];
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

function parseFailOn(written: string | undefined): RatedSeverity | "never" | undefined {
  if (written === undefined || written === "never") return written;
  const severity = severities.find((known) => known === written.toLowerCase());
  if (severity === undefined) {
    throw usage(`--fail-on ${written}`, "there is no such severity", `one of ${severities.join(", ")}, never`);
  }
  return severity;
}

export function parseNow(written: string | undefined): Date {
  const now = written === undefined ? new Date() : new Date(written);
  if (Number.isNaN(now.getTime())) throw usage(`--now ${written}`, "it is no time", "for example 2026-08-22T00:00:00Z");
  return now;
}

export function scanCacheOf({ cache }: PullingOptions): ScanCache | undefined {
  return cache === false ? undefined : openScanCache(typeof cache === "string" ? cache : defaultCache());
}

export function openOptions(options: PullingOptions): OpenOptions {
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
