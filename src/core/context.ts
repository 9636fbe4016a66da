/**
 * What is known of the place that a finding is in: whether that runs, is reached, is exposed, was loaded, and is signed. One row
 * of five answers, and the one order of what to fix first that follows from it (docs/baseline.md).
 */
import { type Asset, assetTitle } from "./asset.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Finding } from "./finding.ts";
import { compareText } from "./order.ts";
import { formatScope } from "./scope.ts";
import { severityRank } from "./severity.ts";

/** In the order in which they count. */
export const contextQuestions = ["exposed", "reachable", "runs", "loaded", "signed"] as const;

export type ContextQuestion = (typeof contextQuestions)[number];

export type Answer = (typeof answers)[number];

export const answers = ["yes", "no", "unknown"] as const;

/** One answer, with what says so. */
export interface ContextAnswer {
  readonly answer: Answer;
  /** `3 pods run it`, `no cluster was read`: half a sentence without a full stop. */
  readonly reason: string;
  /** ISO 8601: when that was seen; absent where nothing was. */
  readonly observedAt?: string;
  /** What says so is older than the policy allows: the answer was that, and counts as unknown. */
  readonly stale?: true;
}

/** The five, of one finding. */
export type FindingContext = Readonly<Record<ContextQuestion, ContextAnswer>>;

/** What holds of every finding in one asset; what was loaded is of each finding's package. */
export interface AssetContext extends Omit<FindingContext, "loaded"> {
  readonly asset: Pick<Asset, "kind" | "id">;
}

/** Who gets to a workload, as its network was computed. `workload` is the asset's id. */
export interface WorkloadReach extends Pick<FindingContext, "reachable" | "exposed"> {
  readonly workload: string;
}

/** Looks rows up. What no row was made for is unknown in everything. */
export type ContextLookup = (asset: Asset, finding: Finding) => FindingContext;

const NOTHING_KNOWN: ContextAnswer = { answer: "unknown", reason: "nothing tells" };
const NO_PACKAGE: ContextAnswer = { answer: "unknown", reason: "no package that could be loaded" };
const NOT_WATCHED: ContextAnswer = { answer: "unknown", reason: "its containers were not watched (--learned)" };

/**
 * Half a million findings are of some hundred assets: what holds of all in one asset is made once.
 *
 * @param contexts - of a report; absent: nobody asked
 */
export function contextLookup(contexts: readonly AssetContext[] = []): ContextLookup {
  const known = lookups.get(contexts);
  if (known !== undefined) return known;
  const made = makeLookup(contexts);
  lookups.set(contexts, made);
  return made;
}

/** Each part of a report asks; the rows stay as long as they are. */
const lookups = new WeakMap<readonly AssetContext[], ContextLookup>();

function makeLookup(contexts: readonly AssetContext[]): ContextLookup {
  const byKey = new Map(contexts.map((context) => [keyOf(context.asset), context]));
  const byAsset = new Map<Asset, Map<ContextAnswer, FindingContext>>();
  return (asset, finding) => {
    let rows = byAsset.get(asset);
    if (rows === undefined) {
      rows = new Map();
      byAsset.set(asset, rows);
    }
    const loaded = loadedAnswer(finding);
    const known = rows.get(loaded);
    if (known !== undefined) return known;
    const { exposed, reachable, runs, signed } = byKey.get(keyOf(asset)) ?? NOTHING;
    const row = { exposed, reachable, runs, loaded, signed };
    // What was watched is of each finding alone.
    if (finding.loaded === undefined) rows.set(loaded, row);
    return row;
  };
}

const NOTHING: Omit<AssetContext, "asset"> = {
  exposed: NOTHING_KNOWN,
  reachable: NOTHING_KNOWN,
  runs: NOTHING_KNOWN,
  signed: NOTHING_KNOWN,
};

function keyOf({ kind, id }: Pick<Asset, "kind" | "id">): string {
  return `${kind} ${id}`;
}

function loadedAnswer({ loaded, matches }: Finding): ContextAnswer {
  if (loaded === undefined) return matches.package === undefined ? NO_PACKAGE : NOT_WATCHED;
  const { state, reason, observedAt, stale } = loaded;
  return {
    answer: state === "loaded" ? "yes" : state === "not loaded" ? "no" : "unknown",
    reason,
    ...(observedAt === undefined ? {} : { observedAt }),
    ...(stale === undefined ? {} : { stale }),
  };
}

/** `yes`, `unknown`; `no, stale` of what was seen too long ago. */
export function answerText({ answer, stale }: ContextAnswer): string {
  return stale === true && answer !== "unknown" ? `${answer}, stale` : answer;
}

/** `exposed yes · reachable yes · runs yes · loaded unknown · signed no`; undefined where nothing is known of it. */
export function contextText(context: FindingContext): string | undefined {
  if (contextQuestions.every((question) => context[question].answer === "unknown")) return undefined;
  return contextQuestions.map((question) => `${question} ${answerText(context[question])}`).join(" · ");
}

/** In a word or two what is known and makes it more or less urgent: `exposed`, `unsigned`; `does not run`. */
export function contextMarks({ exposed, reachable, runs, signed }: FindingContext): string[] {
  const is = ({ answer, stale }: ContextAnswer, wanted: Answer) => answer === wanted && stale !== true;
  const place = is(exposed, "yes")
    ? ["exposed"]
    : is(reachable, "yes")
      ? ["reachable"]
      : is(runs, "yes")
        ? ["runs"]
        : is(runs, "no")
          ? ["does not run"]
          : [];
  return [...place, ...(is(signed, "no") ? ["unsigned"] : [])];
}

/** `yes: 3 pods run it (2026-11-24)`; undefined where it is not known. */
export function answerWords(answer: ContextAnswer): string | undefined {
  if (answer.answer === "unknown") return undefined;
  const dated = answer.observedAt === undefined ? "" : ` (${answer.observedAt.slice(0, 10)})`;
  return `${answerText(answer)}: ${answer.reason}${dated}`;
}

/**
 * Where a finding stands by its place alone: a number, the lower the sooner. Of each question the answer that is worse for
 * whoever runs it comes first, and unknown or stale counts as that one: what nobody looked at is never put last.
 */
export function contextRank(context: FindingContext): number {
  const known = ranks.get(context);
  if (known !== undefined) return known;
  let rank = 0;
  for (const question of contextQuestions) {
    const { answer, stale } = context[question];
    const better = question === "signed" ? "yes" : "no";
    rank = rank * 2 + (answer === better && stale !== true ? 1 : 0);
  }
  ranks.set(context, rank);
  return rank;
}

/** Rows are compared often while they are put in order. */
const ranks = new WeakMap<FindingContext, number>();

/** From this probability on a vulnerability counts as likely to be exploited within 30 days: of all some 3 in 100 have it. */
const LIKELY = 0.1;

/** 0: known to be exploited (KEV); 1: likely to be (EPSS); 2: neither is known. */
export function exploitRank({ priority }: Finding): number {
  if (priority?.exploited === true) return 0;
  return (priority?.epss ?? 0) >= LIKELY ? 1 : 2;
}

/** A finding with what it stands in. */
export interface FindingRow {
  readonly finding: Finding;
  readonly evaluation: Pick<Evaluation, "asset" | "scope" | "action">;
  readonly context: FindingContext;
}

/** Whether the exit code counts it. */
export function blocks({ finding, evaluation }: Pick<FindingRow, "finding" | "evaluation">): boolean {
  return finding.overThreshold && evaluation.action === undefined;
}

/**
 * What to fix first, over all assets: what blocks; by severity; what is exploited, then what is likely to be; by its place
 * ({@link contextRank}); then by priority, and what has a fix. Total: names decide what nothing else does, so that two runs
 * agree in whatever order they met the findings.
 */
export function compareRows(a: FindingRow, b: FindingRow): number {
  return (
    compareUrgency(a, b) ||
    (b.finding.priority?.score ?? 0) - (a.finding.priority?.score ?? 0) ||
    Number(b.finding.fix !== undefined) - Number(a.finding.fix !== undefined) ||
    known(b.context) - known(a.context) ||
    compareText(a.finding.subject, b.finding.subject) ||
    compareText(assetTitle(a.evaluation.asset), assetTitle(b.evaluation.asset)) ||
    compareText(a.finding.check, b.finding.check) ||
    compareText(a.evaluation.asset.id, b.evaluation.asset.id) ||
    compareText(scopeOf(a), scopeOf(b)) ||
    compareText(a.finding.fingerprint, b.finding.fingerprint)
  );
}

/** The part of the order that says how urgent it is: equal where names alone would decide. */
export function compareUrgency(a: FindingRow, b: FindingRow): number {
  return (
    Number(blocks(b)) - Number(blocks(a)) ||
    severityRank(a.finding.severity) - severityRank(b.finding.severity) ||
    exploitRank(a.finding) - exploitRank(b.finding) ||
    contextRank(a.context) - contextRank(b.context)
  );
}

/** How many answers are known: of what is equally urgent, that of which there is evidence is named first. */
function known(context: FindingContext): number {
  return contextQuestions.filter(
    (question) => context[question].answer !== "unknown" && context[question].stale !== true,
  ).length;
}

function scopeOf({ evaluation: { scope } }: FindingRow): string {
  return scope === undefined ? "" : formatScope(scope);
}
