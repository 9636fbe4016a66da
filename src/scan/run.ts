/** What every run shares, for commands, guards and the server alike: what it reads by is opened, what it found concluded. */

import { relative, resolve, sep } from "node:path";
import type { ScanCache } from "../collect/image/cache.ts";
import { openKnownBases } from "../collect/image/known-bases.ts";
import { readBaseline } from "../collect/named/baseline.ts";
import { readVexDocuments, vexNotes } from "../collect/named/vex.ts";
import { loadPolicy } from "../collect/policy/load.ts";
import { authorityOfDirectory, directoryInRepository } from "../collect/tree/authority.ts";
import type { UpdateLookup } from "../collect/updates/updates.ts";
import { type Authority, authorityIn, formatAuthority } from "../core/authority.ts";
import type { Baseline } from "../core/baseline.ts";
import type { DatabaseUse, Tool } from "../core/basis.ts";
import type { CheckIdentity } from "../core/check.ts";
import { counted } from "../core/counted.ts";
import { EvaluationList, type Evaluations } from "../core/evaluations.ts";
import type { RunExtent } from "../core/exception-use.ts";
import type { Policy } from "../core/policy.ts";
import { Problem } from "../core/problem.ts";
import type { RatedSeverity } from "../core/severity.ts";
import { acceptanceNotes } from "../evaluate/acceptance-notes.ts";
import { type Conclusion, conclude } from "../evaluate/conclude.ts";
import type { ClusterAuthority } from "../evaluate/identify.ts";
import type { KnownIds } from "../evaluate/imports/flaws.ts";
import type { ImportContext } from "../evaluate/imports/imports.ts";
import { missingDatabaseNotes } from "../evaluate/missing-database.ts";
import type { ScanContext } from "./context.ts";

export interface RunOptions {
  /** What judges, for the basis of its verdicts. */
  readonly tool: Tool;
  /** Where the tree's own policy file is looked for. */
  readonly root: string;
  readonly now: Date;
  /** `--policy`: a file, or git:REF:PATH. */
  readonly policy?: string | undefined;
  /** One that a policy file states; absent: none. */
  readonly environment?: string | undefined;
  /** A file, or git:REF:PATH. */
  readonly baseline?: string | undefined;
  /** What was found is written into one. */
  readonly writesBaseline?: boolean;
  /** Files, or git:REF:PATH. */
  readonly vex: readonly string[];
  /** Reports of other scanners, as for VEX. */
  readonly imports?: readonly string[];
  /** The advisory database: without the usual one verdicts are unknown, without one that the caller named there is no run. */
  readonly database: {
    readonly path: string;
    readonly named: boolean;
    /** False: nothing of this run rests on advisories. */
    readonly isUsed: boolean;
  };
  /** The list of known base images. */
  readonly bases: string;
  readonly failOn?: RatedSeverity | "never" | undefined;
  /** Codes of gaps that the exit code does not count (`--accept-unknown`). */
  readonly acceptUnknown?: readonly string[];
  /** What the caller opened, and closes. */
  readonly cache?: ScanCache | undefined;
  readonly updates?: UpdateLookup | undefined;
  readonly onProgress?: ScanContext["onProgress"];
}

export interface Run {
  readonly context: ScanContext;
  readonly policy: Policy;
  readonly databases: readonly DatabaseUse[];
  /** Where the root is in its repository; absent where it is in none. */
  readonly directory?: string;
  /** One sentence each: what the verdicts rest on. */
  readonly notes: readonly string[];
  /** Absent where none was named. */
  readonly baseline?: Baseline;
  conclude(scanned: Evaluations, about: ConcludedRun): Conclusion & { readonly notes: readonly string[] };
  close(): void;
}

/** What a run was over. */
export interface ConcludedRun {
  readonly extent: RunExtent;
  /** All that there are. */
  readonly checks: readonly CheckIdentity[];
  /** The cluster that was read, by the name that it has in the evaluations. */
  readonly cluster?: ClusterAuthority;
}

/** @throws Problem (usage) where what the caller named cannot be read */
export async function openRun(options: RunOptions): Promise<Run> {
  const { root, now, cache, updates, onProgress, failOn, acceptUnknown = [] } = options;
  const policy = await loadPolicy({ flag: options.policy, root, environment: options.environment });
  const baseline = options.baseline === undefined ? undefined : await readBaseline(options.baseline, root);
  const vex = await readVexDocuments(options.vex, root);
  const imports = await importsOf(options.imports ?? [], root);
  const advisories = await advisoriesOf(options.database);
  const directory = authorityOfDirectory(root);
  const inRepository = directoryInRepository(root);
  return {
    context: {
      now,
      policy,
      advisories,
      vex,
      bases: openKnownBases(options.bases),
      ...(cache === undefined ? {} : { cache }),
      ...(updates === undefined ? {} : { updates }),
      ...(onProgress === undefined ? {} : { onProgress }),
    },
    policy,
    databases: databasesOf(advisories),
    ...(inRepository === undefined ? {} : { directory: inRepository }),
    notes: [...vexNotes(vex), ...baselineNotes(options.baseline, root, policy)],
    ...(baseline === undefined ? {} : { baseline }),
    conclude: (scanned, { extent, checks, cluster }) => {
      const all = scanned instanceof EvaluationList ? scanned : new EvaluationList(scanned);
      const importNotes = imports?.(all, { policy, now, vex, known: knownTo(advisories) }) ?? [];
      const conclusion = conclude(all, {
        tool: options.tool,
        policy,
        now,
        extent,
        checks,
        authorities: { directory, ...(cluster === undefined ? {} : { cluster }) },
        ...(baseline === undefined ? {} : { baseline }),
        acceptUnknown,
        ...(failOn === undefined ? {} : { failOn }),
      });
      const uses = options.baseline !== undefined || options.writesBaseline === true;
      return {
        ...conclusion,
        notes: [
          ...importNotes,
          ...(uses ? authorityNotes(directory, conclusion.found) : []),
          ...missingDatabaseNotes(conclusion.evaluations),
          ...acceptanceNotes(conclusion.evaluations, { policy, now, codes: acceptUnknown }),
        ],
      };
    },
    close: () => {
      if (!(advisories instanceof Problem)) advisories.close();
    },
  };
}

type AddImports = (evaluations: EvaluationList, context: ImportContext) => readonly string[];

/** Their readers are loaded where there are some; undefined where there are none. */
async function importsOf(flags: readonly string[], root: string): Promise<AddImports | undefined> {
  if (flags.length === 0) return undefined;
  const { readImports } = await import("../collect/named/imports.ts");
  const { addImports } = await import("../evaluate/imports/imports.ts");
  const reports = await readImports(flags, root);
  return (evaluations, context) => addImports(evaluations, reports, context);
}

function knownTo(advisories: ScanContext["advisories"]): KnownIds {
  if (advisories instanceof Problem) return { aliasesOf: () => [], exploited: () => undefined, epss: () => undefined };
  return {
    aliasesOf: (id) =>
      advisories
        .advisoriesNamed(id)
        .flatMap((advisory) => (advisory.flaws.length > 0 ? [] : [advisory.id, ...advisory.aliases])),
    exploited: (cve) => advisories.exploited(cve),
    epss: (cve) => advisories.epss(cve),
  };
}

async function advisoriesOf({ path, named, isUsed }: RunOptions["database"]): Promise<ScanContext["advisories"]> {
  if (!isUsed) {
    // Whoever asks for them all the same finds out nothing.
    return new Problem({
      kind: "input",
      code: "database.unused",
      place: path,
      cause: "this command reads no advisories",
    });
  }
  const { openAdvisories, openNamedAdvisories } = await import("../collect/image/advisories.ts");
  return named ? openNamedAdvisories(path) : openAdvisories(path);
}

/** Whoever names a trusted policy does not trust the tree, and a baseline in it is as easily changed as the policy. */
function baselineNotes(baseline: string | undefined, root: string, policy: Policy): string[] {
  if (baseline === undefined || baseline.startsWith("git:") || policy.origin.kind !== "trusted") return [];
  const inTree = relative(root, resolve(baseline)).split(sep)[0] !== "..";
  return inTree
    ? [`the baseline ${baseline} is in the scanned directory and can be changed with it: use git:REF:PATH`]
    : [];
}

/** A baseline of one directory that nothing identifies would know the findings of any other. */
function authorityNotes(directory: Authority, found: Evaluations): string[] {
  const name = formatAuthority(directory);
  if (directory.kind !== "directory" || !Iterator.from(found).some(({ asset }) => authorityIn(asset.lineage) === name))
    return [];
  return [
    `${directory.reason}, so baseline entries of this directory are under ${name}//, as those of any other directory without a remote`,
  ];
}

function databasesOf(advisories: ScanContext["advisories"]): DatabaseUse[] {
  if (advisories instanceof Problem) return [];
  const { label, advisories: count, sources } = advisories.outline();
  const dates = sources.flatMap((source) => source.coverage.map((coverage) => coverage.asOf)).sort();
  const [asOf] = dates;
  return [
    {
      label: label ?? "advisories",
      ...(asOf === undefined ? {} : { asOf }),
      detail: `${count} advisories of ${counted(sources.length, "source")}`,
    },
  ];
}
