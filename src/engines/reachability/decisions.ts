/**
 * What is decided of the ports between two ends while a stage's rules are gone through. Of each port all outcomes are held
 * that are possible: a rule that may match leaves both open, so that *unknown* is what has more than one.
 */
import type { PortSet, PortSets } from "./port-set.ts";
import type { RuleAction } from "./rule-model.ts";

/** Ports for which each outcome is possible. Equal decisions are one object. */
export interface Decision {
  readonly id: number;
  readonly accepted: PortSet;
  readonly denied: PortSet;
  /** No rule so far has decided. */
  readonly open: PortSet;
  /** To be decided by the next group. */
  readonly passed: PortSet;
}

/** What a rule does to ports, as one number: its ports, its action and whether it surely matches. */
export interface Step {
  readonly ports: PortSet;
  readonly action: RuleAction;
  readonly sure: boolean;
}

export interface Decisions {
  /** Nothing decided. */
  readonly start: Decision;
  /** Everything may be accepted already: what comes from a node that may be the pod's own. */
  readonly maybeAccepted: Decision;
  readonly accepted: Decision;
  apply(decision: Decision, step: Step): Decision;
  /** What was passed on is open again. */
  nextGroup(decision: Decision): Decision;
  /** Lists without an order between them, each gone through from the start: any of them may be the first. */
  either(a: Decision, b: Decision): Decision;
  /** A whole band, as it decides from the start, applied to what is open. */
  continued(before: Decision, band: Decision): Decision;
  at(id: number): Decision;
}

export function createDecisions(sets: PortSets): Decisions {
  const known = new Map<string, Decision>();
  const all: Decision[] = [];
  const steps = new Map<number, Map<number, Decision>>();
  const pairs = [new Map<number, Decision>(), new Map<number, Decision>()] as const;
  const next = new Map<Decision, Decision>();

  function make(accepted: PortSet, denied: PortSet, open: PortSet, passed: PortSet): Decision {
    const key = `${accepted.id} ${denied.id} ${open.id} ${passed.id}`;
    let found = known.get(key);
    if (found === undefined) {
      found = { id: all.length, accepted, denied, open, passed };
      known.set(key, found);
      all.push(found);
    }
    return found;
  }

  function remembered(which: 0 | 1, a: Decision, b: Decision, compute: () => Decision): Decision {
    const key = a.id * 67_108_864 + b.id;
    let found = pairs[which].get(key);
    if (found === undefined) {
      found = compute();
      pairs[which].set(key, found);
    }
    return found;
  }

  const { none } = sets;
  return {
    start: make(none, none, sets.all, none),
    maybeAccepted: make(sets.all, none, sets.all, none),
    accepted: make(sets.all, none, none, none),
    apply(decision, { ports, action, sure }) {
      if (decision.open === none || ports === none) return decision;
      const key = ports.id * 8 + (action === "accept" ? 0 : action === "deny" ? 2 : 4) + (sure ? 1 : 0);
      let own = steps.get(key);
      if (own === undefined) {
        own = new Map();
        steps.set(key, own);
      }
      let found = own.get(decision.id);
      if (found === undefined) {
        const { accepted, denied, open, passed } = decision;
        const hit = sets.intersect(open, ports);
        found = make(
          action === "accept" ? sets.union(accepted, hit) : accepted,
          action === "deny" ? sets.union(denied, hit) : denied,
          sure ? sets.subtract(open, hit) : open,
          action === "pass" ? sets.union(passed, hit) : passed,
        );
        own.set(decision.id, found);
      }
      return found;
    },
    nextGroup(decision) {
      if (decision.passed === none) return decision;
      let found = next.get(decision);
      if (found === undefined) {
        found = make(decision.accepted, decision.denied, sets.union(decision.open, decision.passed), none);
        next.set(decision, found);
      }
      return found;
    },
    either: (a, b) =>
      remembered(0, a, b, () =>
        make(
          sets.union(a.accepted, b.accepted),
          sets.union(a.denied, b.denied),
          sets.intersect(a.open, b.open),
          sets.union(a.passed, b.passed),
        ),
      ),
    continued: (before, band) =>
      remembered(1, before, band, () =>
        make(
          sets.union(before.accepted, sets.intersect(before.open, band.accepted)),
          sets.union(before.denied, sets.intersect(before.open, band.denied)),
          sets.intersect(before.open, band.open),
          sets.union(before.passed, sets.intersect(before.open, band.passed)),
        ),
      ),
    at: (id) => all[id] as Decision,
  };
}
