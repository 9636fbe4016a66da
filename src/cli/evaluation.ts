/** What every judging command shares: its options read, its context opened and closed, its report written. */

import { identities } from "../checks/lists/identities.ts";
import { openExclusion } from "../collect/tree/exclusion.ts";
import type { Asset } from "../core/asset.ts";
import { type Authority, lineageUnder } from "../core/authority.ts";
import { type Baseline, baselineOf, formatBaseline } from "../core/baseline.ts";
import { unabsorbed, unknownsOf } from "../core/baseline-unknowns.ts";
import { readClock } from "../core/clock.ts";
import type { WorkloadReach } from "../core/context.ts";
import type { LockfileChanges } from "../core/dependency-changes.ts";
import type { Diagram } from "../core/diagram.ts";
import type { Evaluations } from "../core/evaluations.ts";
import type { RunExtent } from "../core/exception-use.ts";
import { type Policy, policyDigest } from "../core/policy.ts";
import { usageProblem } from "../core/problem.ts";
import { identifiedEnds, indexChildren, type Relation } from "../core/relation.ts";
import type { ExitCode, Report } from "../core/report.ts";
import { type RatedSeverity, severities } from "../core/severity.ts";
import { writeWhole } from "../engines/files/write.ts";
import type { OpenOptions } from "../engines/oci/open.ts";
import { contextsOf, identifiedReach } from "../joins/context/contexts.ts";
import type { ScanContext } from "../scan/context.ts";
import { openRun } from "../scan/run.ts";
import { descriptionsOf } from "./check-descriptions.ts";
import { type DisplayOptions, displayOf } from "./display-options.ts";
import { keepHeapNearWhatLives, letStartGrow } from "./heap.ts";
import { type Joins, joinedOver } from "./joined.ts";
import { knownWord } from "./known-word.ts";
import { parseFormats, writeReport, writeSummary } from "./outputs.ts";
import { defaultBases, defaultDatabase } from "./paths.ts";
import { createProgress, type Progress, progressLine } from "./progress.ts";
import { openOptions, type PullingOptions, scanCacheOf } from "./pulling.ts";
import { openThreads } from "./threads.ts";
import type { UpdatesOptions } from "./updates.ts";
import { toolVersion } from "./version.ts";
import { writeStream } from "./write-stream.ts";

export interface EvaluationOptions extends PullingOptions, DisplayOptions, Omit<UpdatesOptions, "cache"> {
  /** The list of known base images. */
  readonly bases?: string;
  readonly policy?: string;
  readonly environment?: string;
  /** A file, or git:REF:PATH. */
  readonly baseline?: string;
  readonly writeBaseline?: string;
  /** Files, or git:REF:PATH. */
  readonly vex: readonly string[];
  /** Reports of other scanners, as for VEX; of commands that take some in. */
  readonly import?: readonly string[];
  readonly db?: string;
  readonly format: readonly string[];
  readonly failOn?: string;
  /** Codes of gaps. */
  readonly acceptUnknown: readonly string[];
  readonly all: boolean;
  readonly now?: string;
  /** Download new advisories first, from OSV or a mirror. */
  readonly update?: boolean;
  readonly updateFrom?: string;
  /** Patterns; of commands that look through a directory. */
  readonly exclude?: readonly string[];
  readonly respectGitignore?: boolean;
}

/** What a command judged, before it is a report. */
export interface Evaluated {
  readonly subject: string;
  /** Absent: one named thing. */
  readonly extent?: RunExtent;
  /** Those of the caller alone: what concludes them takes a list over. */
  readonly evaluations: Evaluations;
  /** The cluster that was read, by the name that it has in the evaluations. */
  readonly cluster?: {
    readonly name: string;
    readonly authority: Authority;
    /** Why not all of its pods are known; absent: they are. */
    readonly unread?: string;
  };
  /** The directory that was checked beside the cluster: what is called alike in both is two things. */
  readonly beside?: {
    readonly assets: ReadonlySet<Asset>;
    readonly relations: readonly Relation[];
    readonly reach: readonly WorkloadReach[];
  };
  /** Asked once the baseline's findings are set apart. */
  readonly join?: Joins;
  /** What the change under review does to lockfiles, where one is reviewed. */
  readonly changes?: readonly LockfileChanges[];
  readonly notes: readonly string[];
  /** Goes to standard output in the place of a report; made of one where that is asked for. */
  readonly instead?: string | ((report: Report) => Iterable<string>);
}

export interface EvaluationContext extends ScanContext {
  readonly onRelations: (relations: readonly Relation[]) => void;
  readonly onReach: (reach: readonly WorkloadReach[]) => void;
  readonly open: OpenOptions;
  readonly progress: Progress;
}

/**
 * Opens what judging needs, lets `judge` do it, writes the report in every format asked for.
 *
 * @param root - where the tree's own policy file is looked for
 * @param readsImages - false: neither images nor advisories are read, and what reads them is not loaded
 * @param keepsScans - false: no image is read, though the report tells of advisories, and the cache of images is not loaded
 * @param heapGrowth - percent between two collections, of what never holds much
 * @returns the exit code
 */
export async function runEvaluation(
  root: string,
  options: EvaluationOptions,
  judge: (context: EvaluationContext) => Promise<Evaluated>,
  {
    readsImages = true,
    keepsScans = readsImages,
    heapGrowth,
  }: { readonly readsImages?: boolean; readonly keepsScans?: boolean; readonly heapGrowth?: number } = {},
): Promise<ExitCode> {
  // `performance` is a module that Node loads when it is named.
  const clock = () => process.uptime() * 1_000;
  const started = clock();
  letStartGrow();
  const outputs = parseFormats(options.format, process.stdout);
  const display = displayOf(options);
  const failOn = parseFailOn(options.failOn);
  const acceptUnknown = parseCodes(options.acceptUnknown);
  const now = parseNow(options.now);
  const open = openOptions(options);
  const cache = keepsScans ? await scanCacheOf(options) : undefined;
  const progress = createProgress(process.stderr, options.quiet, clock, started);
  const updates = await updatesOf(options, progress);
  let close = (): void => {};
  try {
    const tool = { name: "bulkhead", version: toolVersion() };
    const database = {
      path: options.db ?? defaultDatabase(),
      named: options.db !== undefined,
      isUsed: readsImages || options.db !== undefined,
    };
    const unfetched = await updateFirst(database.path, options, progress);
    const run = await openRun({
      tool,
      root,
      now,
      policy: options.policy,
      environment: options.environment,
      baseline: options.baseline,
      writesBaseline: options.writeBaseline !== undefined,
      vex: options.vex,
      imports: options.import ?? [],
      database,
      bases: options.bases ?? defaultBases(),
      failOn,
      acceptUnknown,
      cache,
      updates,
      onProgress: ({ name, done, total, unit }) => progress.update(() => progressLine(name, done, total, unit)),
    });
    close = run.close;
    const { policy } = run;
    const exclusion = exclusionOf(root, policy, options);
    const relations: Relation[] = [];
    const onRelations = (told: readonly Relation[]) => {
      for (const relation of told) relations.push(relation);
    };
    const reach: WorkloadReach[] = [];
    const onReach = (told: readonly WorkloadReach[]) => {
      for (const one of told) reach.push(one);
    };
    const diagrams: Diagram[] = [];
    const { pictureOf } = outputs.some(({ format }) => format === "html")
      ? await import("./network/picture.ts")
      : { pictureOf: undefined };
    keepHeapNearWhatLives(heapGrowth);
    const threads = openThreads();
    const judged = await judge({
      ...run.context,
      ...(threads === undefined ? {} : { threads }),
      open,
      progress,
      onRelations,
      onReach,
      ...(pictureOf === undefined ? {} : { onNetwork: (network) => diagrams.push(...pictureOf(network)) }),
      ...(exclusion === undefined ? {} : { exclusion }),
    });
    const { subject, notes, join, instead, extent = "named", cluster, beside, changes } = judged;
    const concluded = run.conclude(judged.evaluations, {
      extent,
      checks: identities,
      ...(cluster === undefined
        ? {}
        : { cluster: { ...cluster, ...(beside === undefined ? {} : { beside: beside.assets }) } }),
    });
    const { evaluations } = concluded;
    const [own, others] = apart(concluded.identities, beside?.assets);
    const { named, assets } = namedIn(evaluations);
    const identified = [
      // What is judged goes by its place until it is concluded.
      ...identifiedEnds(relations, own),
      ...identifiedEnds(beside?.relations ?? [], others),
      ...indexChildren(assets),
    ];
    // Where there is one thing alone, nothing is to be put in an order of places.
    const contexts =
      join === undefined && cluster === undefined
        ? undefined
        : contextsOf({
            evaluations,
            relations: identified,
            reach: [...identifiedReach(reach, own), ...identifiedReach(beside?.reach ?? [], others)],
            ...(cluster === undefined ? {} : { cluster: { ...cluster, id: lineageUnder(cluster.authority, "") } }),
            now,
            days: policy.runtime.observedDays,
          });
    const checks = await descriptionsOf(named);
    const excluded = exclusion?.count() ?? 0;
    const report: Report = {
      tool,
      ...(run.directory === undefined ? {} : { directory: run.directory }),
      startedAt: now.toISOString(),
      policy: policy.origin,
      policyDigest: policyDigest(policy),
      databases: run.databases,
      ...(concluded.baseline === undefined ? {} : { baseline: concluded.baseline }),
      subject,
      evaluations,
      relations: identified,
      ...(contexts === undefined ? {} : { contexts }),
      ...(join === undefined
        ? {}
        : joinedOver(join, evaluations, { checks, excluded, contexts }, concluded.baseline !== undefined)),
      ...(changes === undefined ? {} : { changes }),
      ...(diagrams.length === 0 ? {} : { diagrams }),
      notes: [
        ...notes,
        ...(exclusion?.notes() ?? []),
        ...unfetched,
        ...run.notes,
        ...concluded.notes,
        ...(options.writeBaseline === undefined ? [] : unrecordedNotes(concluded.found, policy)),
      ],
      checks,
      exitCode: concluded.exitCode,
    };
    progress.clear();
    if (options.writeBaseline !== undefined) {
      const entries = baselineOf(concluded.found, now.toISOString().slice(0, 10), run.baseline);
      const unknowns = unknownsOf(concluded.found, { policy, now, ...unknownsIn(run.baseline) });
      writeWhole(options.writeBaseline, formatBaseline(entries, unknowns), { within: [root] });
    }
    if (typeof instead === "function") await writeStream(process.stdout, instead(report));
    else if (instead !== undefined) process.stdout.write(instead);
    const shown = { all: options.all, display };
    for (const output of outputs) {
      if (instead === undefined || output.file !== undefined) await writeReport(report, output, shown, root);
    }
    if (instead === undefined) await writeSummary(report, outputs);
    return report.exitCode;
  } finally {
    progress.clear();
    close();
    cache?.close();
    updates?.close();
  }
}

/** Those of the one thing that was checked, and those of what was checked beside it. */
function apart(identities: ReadonlyMap<Asset, Asset>, beside: ReadonlySet<Asset> | undefined) {
  const [own, others] = [new Map<Asset, Asset>(), new Map<Asset, Asset>()];
  for (const [asset, identified] of identities) (beside?.has(asset) === true ? others : own).set(asset, identified);
  return [own, others] as const;
}

/** The ids of checks, and the assets. */
function namedIn(evaluations: Evaluations): {
  readonly named: ReadonlySet<string>;
  readonly assets: ReadonlySet<Asset>;
} {
  const named = new Set<string>();
  const assets = new Set<Asset>();
  for (const { check, asset } of evaluations) {
    named.add(check);
    assets.add(asset);
  }
  return { named, assets };
}

/** What is new at the next run too. */
function unrecordedNotes(evaluations: Evaluations, policy: Policy): string[] {
  const codes = unabsorbed(evaluations, policy);
  const unknown = codes.length === 0 ? [] : [`unknowns that no baseline records: ${codes.join(", ")}`];
  let count = 0;
  for (const { findings } of evaluations) {
    for (const { unrecorded } of findings) if (unrecorded === true) count++;
  }
  if (count === 0) return unknown;
  const those = count === 1 ? "a password is" : `${count} passwords are`;
  return [
    ...unknown,
    `${those} not recorded: guessable passwords cannot be baselined (revoke it, or add an exception)`,
  ];
}

function parseFailOn(written: string | undefined): RatedSeverity | "never" | undefined {
  if (written === undefined || written === "never") return written;
  return knownWord<RatedSeverity | "never">(written.toLowerCase(), [...severities, "never"], {
    place: `--fail-on ${written}`,
    what: "severity",
  });
}

function unknownsIn(baseline: Baseline | undefined) {
  return baseline === undefined ? {} : { before: baseline.unknowns };
}

async function updateFirst(
  database: string,
  { update = false, updateFrom: from, caFile }: EvaluationOptions,
  progress: Progress,
): Promise<readonly string[]> {
  if (!update && from === undefined) return [];
  const { updateBeforeScan } = await import("./db/update.ts");
  return await updateBeforeScan(database, { from, caFile }, progress);
}

/** The policy's patterns and the command line's together: whoever calls may leave out more than a policy says. */
function exclusionOf(root: string, policy: Policy, { exclude = [], respectGitignore = false }: EvaluationOptions) {
  const patterns = [
    ...policy.exclude.map((pattern) => ({ pattern, by: "the policy" })),
    ...exclude.map((pattern) => ({ pattern, by: "--exclude" })),
  ];
  return openExclusion(root, { patterns, respectGitignore });
}

/** Which codes there are no list says, for each reader has its own; what cannot be one is refused. */
function parseCodes(written: readonly string[]): readonly string[] {
  const wrong = written.find((code) => !/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(code));
  if (wrong === undefined) return written;
  const remedy = "use a code from `--format json`, gaps[].code: advisories.no-coverage";
  throw usageProblem(`--accept-unknown ${wrong}`, "not a gap code", remedy);
}

export function parseNow(written: string | undefined): Date {
  const now = written === undefined ? readClock() : new Date(written);
  if (Number.isNaN(now.getTime()))
    throw usageProblem(`--now ${written}`, "not a valid time", "use ISO 8601: 2026-08-22T00:00:00Z");
  return now;
}

/** Undefined where nobody asked. */
async function updatesOf(options: EvaluationOptions, progress: Progress) {
  const { updates = false, updatesOffline = false, repositories, keyring = [] } = options;
  if (!updates && !updatesOffline && repositories === undefined && keyring.length === 0) return undefined;
  const { openUpdates } = await import("./updates.ts");
  return openUpdates(options, progress.update);
}
