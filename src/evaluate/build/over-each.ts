/**
 * A check of one thing, run over thousands of them as one evaluation: a lockfile's packages have one asset, and whoever
 * reads the verdict wants one line of each cause.
 */
import type { SubjectCheck } from "../../core/check.ts";
import { counted } from "../../core/counted.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { FindingDraft } from "../../core/finding.ts";
import { parametersOf, type RunContext, runChecks, type SubjectEvidence } from "../../core/runner.ts";

/** One thing, with what it is called in the reason of what is unknown of it. */
export interface NamedEvidence<Facts extends object> {
  readonly name: string;
  readonly evidence: SubjectEvidence<Facts>;
}

export interface EachContext extends RunContext {
  /** What an item is: `package`. */
  readonly noun: string;
  /** Gaps that are not about one item: they are told as they are. */
  readonly common?: ReadonlySet<Gap>;
}

/**
 * Runs every check over all items, one evaluation a check. As where an item is evaluated alone: a check is left out for
 * what nobody looked for and where there is nothing to evaluate, a gap makes its verdict unknown, and findings prove a
 * fail all the same. Gaps that differ in nothing but their item are one, with their count and some names.
 */
export function runOverEach<Facts extends object>(
  checks: readonly SubjectCheck<Facts>[],
  items: readonly NamedEvidence<Facts>[],
  context: EachContext,
): Evaluation[] {
  return checks.flatMap((check) => {
    const joined = overEach(check, items, context);
    return joined === undefined ? [] : runChecks([joined.check], joined.evidence, context);
  });
}

/** The facts of all items, by the name of one of the check's needs: the runner names it where it is stale. */
type Joined = Record<string, readonly object[]>;

function overEach<Facts extends object>(
  check: SubjectCheck<Facts>,
  items: readonly NamedEvidence<Facts>[],
  context: EachContext,
): { readonly check: SubjectCheck<Joined>; readonly evidence: SubjectEvidence<Joined> } | undefined {
  const parameters = parametersOf(check, context.policy);
  const needs = Object.keys(check.needs) as (keyof Facts & string)[];
  const gaps = gapGroups(context);
  const dates = datesOf(context.now);
  const evaluated: object[] = [];
  let considered = 0;
  for (const { name, evidence } of items) {
    if (needs.some((need) => evidence[need] === undefined)) continue;
    const facts: Partial<Facts> = { ...parameters };
    let [isAbsent, isJudgeable] = [false, true];
    for (const need of needs) {
      const item = evidence[need] as Evidence<Facts[typeof need]>;
      if (item.state === "absent") {
        isAbsent = true;
        Object.defineProperty(facts, need, { get: missing });
      } else facts[need] = item.facts;
      if (check.needs[need] === "complete" && (item.gaps.length > 0 || dates.isStale(item))) isJudgeable = false;
    }
    if (!mayApply(check, facts)) continue;
    for (const need of needs) {
      const item = evidence[need] as Evidence<Facts[typeof need]>;
      gaps.add(considered, name, item.gaps);
      dates.add(need, item);
    }
    considered++;
    if (!isAbsent && isJudgeable) evaluated.push(facts);
  }
  if (considered === 0) return undefined;
  const { applies: _, looked: __, leavesOpen: ___, parameters: ____, ...alone } = check;
  const { need, ...options } = dates.all();
  return {
    check: {
      ...alone,
      needs: { [need]: "partial" },
      looked: () => ({ [`${context.noun}s`]: `${evaluated.length} of ${considered}` }),
      *evaluate(): Generator<FindingDraft> {
        for (const facts of evaluated) yield* check.evaluate(facts as never, context.now);
      },
    },
    evidence: {
      [need]: present(evaluated, options.observedAt, { ...options, gaps: gaps.all() }),
    },
  };
}

const MISSING = new Error("a fact that is absent was asked for");

function missing(): never {
  throw MISSING;
}

/** Of what is absent nobody knows whether there is something to evaluate; what does not go by it is known all the same. */
function mayApply<Facts extends object>(check: SubjectCheck<Facts>, facts: Partial<Facts>): boolean {
  try {
    return check.applies?.(facts as never) !== false;
  } catch (error) {
    if (error !== MISSING) throw error;
    return true;
  }
}

/** One that cannot be read is over. */
function endOf(validUntil: string): number {
  const time = Date.parse(validUntil);
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

/** When what is known of the items was the case, and until when it counts: the oldest, and the first that ends. */
function datesOf(now: Date) {
  let observedAt: string | undefined;
  let ending: { readonly need: string; readonly validUntil: string; readonly renewal?: string } | undefined;
  return {
    isStale: (item: Evidence<unknown>): boolean =>
      item.state === "present" && item.validUntil !== undefined && !(Date.parse(item.validUntil) >= now.getTime()),
    add(need: string, item: Evidence<unknown>): void {
      if (item.state === "absent") return;
      const { validUntil, renewal } = item;
      if (observedAt === undefined || item.observedAt < observedAt) observedAt = item.observedAt;
      if (validUntil === undefined || (ending !== undefined && endOf(ending.validUntil) <= endOf(validUntil))) return;
      ending = { need, validUntil, ...(renewal === undefined ? {} : { renewal }) };
    },
    all: () => ({ need: "packages", ...ending, observedAt: observedAt ?? now.toISOString() }),
  };
}

/** Names of items in the reason of what they have in common. */
const NAMED = 3;
/** So many reasons of one code are told apart. */
const REASONS = 4;

interface GapGroup {
  readonly gap: Gap;
  count: number;
  /** The item that was counted last: two needs that come of one reading have its gaps in common. */
  last: number;
  readonly names: string[];
}

function gapGroups({ noun, common }: EachContext) {
  const groups = new Map<string, GapGroup>();
  return {
    add(item: number, name: string, gaps: readonly Gap[]): void {
      for (const gap of gaps) {
        const reason = gap.reason.replaceAll(name, "it");
        const key = `${gap.code}\n${gap.concerns ?? ""}\n${reason}`;
        let group = groups.get(key);
        if (group === undefined) {
          group = { gap: common?.has(gap) === true ? gap : { ...gap, reason }, count: 0, last: -1, names: [] };
          groups.set(key, group);
        }
        if (group.last === item) continue;
        group.last = item;
        group.count++;
        if (group.names.length < NAMED && !group.names.includes(name)) group.names.push(name);
      }
    },
    all: (): Gap[] => {
      const own = [...groups.values()].filter(({ gap }) => common?.has(gap) !== true);
      return [
        ...[...groups.values()].flatMap(({ gap }) => (common?.has(gap) === true ? gap : [])),
        ...[...Map.groupBy(own, ({ gap }) => gap.code).values()].flatMap((alike) =>
          alike.length <= REASONS ? alike.map((group) => gapOf(group, noun)) : [gapOfMany(alike, noun)],
        ),
      ];
    },
  };
}

function gapOf({ gap, count, names }: GapGroup, noun: string): Gap {
  return { ...gap, reason: `${whoText(count, names, noun)}: ${gap.reason}` };
}

/** Reasons that are each item's own. */
function gapOfMany(groups: readonly GapGroup[], noun: string): Gap {
  const worst = groups.reduce((most, group) => (group.count > most.count ? group : most));
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const names = [...new Set(groups.flatMap((group) => group.names))];
  const { code, reason, remedy } = worst.gap;
  return {
    code,
    reason: `${whoText(count, names.slice(0, NAMED), noun)}: ${reason}, and ${groups.length - 1} like it`,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

/** `400 packages (a 1.0.0, b 2.1.0, c 1.0.0, …)`. */
function whoText(count: number, names: readonly string[], noun: string): string {
  return `${counted(count, noun)} (${names.join(", ")}${count > names.length ? ", …" : ""})`;
}
