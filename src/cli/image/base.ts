import { openAdvisories } from "../../collect/image/advisories.ts";
import { openKnownBases } from "../../collect/image/known-bases.ts";
import { folderOf } from "../../collect/image/named-folder.ts";
import { loadPolicy } from "../../collect/policy/load.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Policy } from "../../core/policy.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import type { Severity } from "../../core/severity.ts";
import type { SmallerKind } from "../../engines/contents/base/smaller.ts";
import type { Package } from "../../engines/contents/model.ts";
import type { OpenOptions } from "../../engines/oci/open.ts";
import type { VulnerabilityMatch } from "../../engines/vulnerability/model.ts";
import { type BaseReport, renderBase, renderBaseJson, type Share } from "../../report/base.ts";
import { outputDefaults } from "../../report/options.ts";
import { type ReadBase, readBase } from "../../scan/base.ts";
import { type ShareOfBase, shareOfBase } from "../../scan/base-share.ts";
import type { ScanContext } from "../../scan/context.ts";
import { parseNow } from "../evaluation.ts";
import { knownWord } from "../known-word.ts";
import { defaultBases, defaultDatabase } from "../paths.ts";
import { createProgress, progressLine } from "../progress.ts";
import { openOptions, type PullingOptions, scanCacheOf } from "../pulling.ts";
import { openUpdates, type UpdatesOptions } from "../updates.ts";
import { automateRebuilds } from "./base-automate.ts";
import { forget, learn, listBases, type Print } from "./base-known.ts";

export interface BaseOptions extends PullingOptions, Omit<UpdatesOptions, keyof PullingOptions> {
  readonly format: string;
  readonly policy?: string;
  readonly environment?: string;
  readonly db?: string;
  readonly now?: string;
  readonly all: boolean;
  /** The list of known bases. */
  readonly bases?: string;
  readonly learn?: readonly string[];
  readonly list: boolean;
  readonly forget?: string;
  readonly automate?: string;
  readonly write: boolean;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * `bulkhead image base REF`: what an image is built on. Exit code 3 where it is not recognised, or not all of it could be
 * read; whether the policy accepts it is shown, and judged by `image scan` and `check`.
 */
export async function imageBase(
  reference: string | undefined,
  options: BaseOptions,
  print: Print = (text) => process.stdout.write(text),
): Promise<ExitCode> {
  const bases = options.bases ?? defaultBases();
  const wanted = [options.learn, options.list || undefined, options.forget, options.automate].filter(
    (each) => each !== undefined,
  );
  if (wanted.length > 1)
    throw usageProblem("image base", "only one of --learn, --list, --forget and --automate at a time");
  if (options.automate !== undefined) return automateRebuilds(options.automate, reference ?? ".", options.write, print);
  if (options.learn !== undefined) {
    // A reference before the option is one of those meant.
    return await learn([...(reference === undefined ? [] : [reference]), ...options.learn], bases, options, print);
  }
  if (options.list) return listBases(bases, print);
  if (options.forget !== undefined) return forget(options.forget, bases, print);
  if (reference === undefined)
    throw usageProblem("image base", "no image given", "run `bulkhead image base REFERENCE`");
  return await show(reference, bases, options, print);
}

async function show(reference: string, bases: string, options: BaseOptions, print: Print): Promise<ExitCode> {
  const format = knownWord(options.format, ["table", "json"], { place: `--format ${options.format}`, what: "format" });
  const now = parseNow(options.now);
  const policy = await loadPolicy({ flag: options.policy, root: process.cwd(), environment: options.environment });
  const known = openKnownBases(bases);
  const advisories = openAdvisories(options.db ?? defaultDatabase());
  const progress = createProgress(process.stderr, options.quiet);
  const cache = await scanCacheOf(options);
  const updates = openUpdates(options, progress.update);
  const context: ScanContext & { readonly open: OpenOptions } = {
    open: openOptions(options),
    now,
    policy,
    advisories,
    bases: known,
    judgesAge: true,
    ...(updates === undefined ? {} : { updates }),
    ...(cache === undefined ? {} : { cache }),
    onProgress: ({ name, done, total, unit }) => progress.update(progressLine(name, done, total, unit)),
  };
  try {
    const read = await readBase(reference, folderOf(reference), context);
    progress.clear();
    const { inventory, base } = read;
    if (inventory.state === "absent") {
      const [{ code, reason }] = inventory.gaps;
      throw new Problem({ kind: "input", code, place: reference, cause: reason });
    }
    const share = shareOfBase(inventory.facts, base.state === "present" ? base.facts : undefined, advisories);
    const notes = [
      ...base.gaps.map(({ reason, remedy }) => (remedy === undefined ? reason : `${reason} (${remedy})`)),
      ...share.uncovered.map((reason) => `vulnerabilities may be missing: ${reason}`),
      ...(advisories instanceof Problem ? [`vulnerabilities unknown: ${advisories.line()}`] : []),
    ];
    const report = reportOf(reference, read, share, { policy, now, notes });
    const defaults = outputDefaults(process.stdout, process.env);
    print(format === "json" ? renderBaseJson(report) : renderBase(report, { ...defaults, all: options.all }));
    return base.state === "absent" || base.gaps.length > 0 ? 3 : 0;
  } finally {
    progress.clear();
    if (!(advisories instanceof Problem)) advisories.close();
    updates?.close();
    cache?.close();
  }
}

const CONDITIONS: Readonly<Record<SmallerKind, string>> = {
  slim: "where nothing is compiled at run time",
  distroless: "where the application starts no shell and brings the libraries that it is linked with",
  static: "where the application is one statically linked program",
};

function reportOf(
  subject: string,
  { base, image, created, layers, rebuild: [rebuild] }: ReadBase,
  share: ShareOfBase,
  { policy, now, notes }: { readonly policy: Policy; readonly now: Date; readonly notes: readonly string[] },
): BaseReport {
  const ageOf = (time: string | undefined) =>
    time === undefined ? {} : { ageDays: Math.max(0, Math.floor((now.getTime() - Date.parse(time)) / DAY)) };
  const { flaws } = share;
  return {
    subject,
    ...(image === undefined ? {} : { image }),
    ...(base.state === "absent"
      ? {}
      : {
          base: {
            ...base.facts,
            ...ageOf(base.facts.created),
            accepted: policy.bases.accept.includes(base.facts.kind),
          },
        }),
    ...(created === undefined ? {} : { created, ...ageOf(created) }),
    layers,
    ...(rebuild === undefined ? {} : { rebuild: { verdict: rebuild.verdict, summary: summaryOf(rebuild, policy) } }),
    shares: {
      base: shareOf(share.base, flaws?.base),
      application: shareOf(share.application, flaws?.application),
      removed: shareOf(share.removed, flaws?.removed),
    },
    packagesOfBase: [...new Set(share.base.map(({ name, version }) => `${name} ${version}`))].sort(),
    onlyInBase: flaws?.onlyInBase ?? [],
    switching: share.switching
      .filter(({ leftOut }) => leftOut.length > 0)
      .map(({ to, leftOut, flaws: removed, tools }) => ({
        to,
        packages: leftOut.length,
        ...(removed === undefined ? {} : { vulnerabilities: removed }),
        tools,
        condition: CONDITIONS[to],
      })),
    notes,
  };
}

function summaryOf({ verdict, reason, findings, evidence }: Evaluation, { rebuild }: Policy): string {
  const [worst] = findings;
  const young = `image and base are younger than ${rebuild.maxAgeDays} days`;
  return evidence.summary ?? worst?.title ?? (verdict === "pass" ? young : reason);
}

function shareOf(packages: readonly Package[], flaws: readonly VulnerabilityMatch[] | undefined): Share {
  if (flaws === undefined) return { packages: packages.length };
  const vulnerabilities: Partial<Record<Severity, number>> = {};
  for (const { severity } of flaws) vulnerabilities[severity] = (vulnerabilities[severity] ?? 0) + 1;
  return { packages: packages.length, vulnerabilities };
}
