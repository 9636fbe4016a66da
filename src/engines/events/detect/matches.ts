/** From what a detector says of an event to alerts: first or all rules, sequences, thresholds. */
import type { KeyOf } from "../correlate/keys.ts";
import { createSequence, type Sequence, type Step } from "../correlate/sequence.ts";
import { createThreshold, type Threshold } from "../correlate/threshold.ts";
import type { CompiledRule, CorrelationKey, Detector, Matching } from "../falco/model.ts";
import type { Extract } from "../fields/field.ts";
import type { Plan, Role } from "./plan.ts";

/** What differs between sources. */
export interface SourceEvents<Event> {
  /** Milliseconds since 1970. */
  timeOf(event: Event): number;
  /** Called while a rule is set up. @throws Error in one sentence where the key cannot be had */
  keyOf(by: CorrelationKey): KeyOf<Event>;
  /** @throws Error in one sentence where there is no such field */
  field(name: string): Extract<Event>;
  textOf(value: NonNullable<ReturnType<Extract<Event>>>): string;
  /** What did it, for the alert of a later step. */
  describe(event: Event): string;
}

export interface Matches<Event> {
  /** Looks at an event that some rule wants. */
  evaluate(event: Event): void;
  /** Keys that were forgotten over a bound: what they began may be missed. */
  readonly evicted: number;
}

/** @param alert - is told while the event is in hand; `after`: what came before in a sequence */
export function createMatches<Event>(
  detector: Detector<Event>,
  plan: Plan,
  matching: Matching,
  source: SourceEvents<Event>,
  alert: (rule: CompiledRule<Event>, event: Event, after?: readonly Step[]) => void,
): Matches<Event> {
  const { roles } = plan;
  const joined = joinedRules(plan, source);

  /** In order, but the steps of a sequence from the last: one event is one step. */
  function joining(rule: CompiledRule<Event>, role: Role, event: Event): void {
    const join = joined.get(role.kind === "step" ? role.of : rule.index);
    const key = join?.key(event);
    if (join === undefined || key === undefined) return;
    const time = source.timeOf(event);
    if (role.kind === "step") join.sequence?.step(role.step, key, { time, text: source.describe(event) });
    else if (role.kind === "sequence") {
      const after = join.sequence?.last(key, time);
      if (after !== undefined) alert(rule, event, after);
    } else {
      const value = join.distinct?.(event);
      // A value that is absent is no other value.
      if (join.distinct !== undefined && value === undefined) return;
      const text = value === undefined ? undefined : source.textOf(value);
      if (join.threshold?.hit(key, time, text) === true) alert(rule, event);
    }
  }

  return {
    evaluate(event) {
      const count = detector.evaluate(event);
      if (count === 0) return;
      const { matched } = detector;
      let hasPlain = false;
      for (let at = 0; at < count; at++) {
        const rule = matched[at] as CompiledRule<Event>;
        const role = roles[rule.index] as Role;
        if (role.kind === "step") continue;
        if (role.kind !== "plain") joining(rule, role, event);
        else if (matching === "all" || !hasPlain) {
          hasPlain = true;
          alert(rule, event);
        }
      }
      if (joined.size === 0) return;
      for (let at = count - 1; at >= 0; at--) {
        const rule = matched[at] as CompiledRule<Event>;
        const role = roles[rule.index] as Role;
        if (role.kind === "step") joining(rule, role, event);
      }
    },
    get evicted() {
      let all = 0;
      for (const { sequence, threshold } of joined.values()) all += (sequence ?? threshold)?.evicted ?? 0;
      return all;
    },
  };
}

interface Join<Event> {
  readonly key: KeyOf<Event>;
  readonly sequence?: Sequence;
  readonly threshold?: Threshold;
  readonly distinct?: Extract<Event>;
}

function joinedRules<Event>({ rules, roles }: Plan, source: SourceEvents<Event>): Map<number, Join<Event>> {
  const joined = new Map<number, Join<Event>>();
  for (const { index, extension } of rules) {
    const { sequence, threshold } = extension ?? {};
    const kind = roles[index]?.kind;
    if (kind === "sequence" && sequence !== undefined) {
      const steps = createSequence(sequence.after.length, sequence.withinSeconds);
      joined.set(index, { key: source.keyOf(sequence.by), sequence: steps });
    } else if (kind === "threshold" && threshold !== undefined) {
      joined.set(index, {
        key: source.keyOf(threshold.by),
        threshold: createThreshold(threshold.count, threshold.withinSeconds),
        ...(threshold.distinct === undefined ? {} : { distinct: source.field(threshold.distinct) }),
      });
    }
  }
  return joined;
}
