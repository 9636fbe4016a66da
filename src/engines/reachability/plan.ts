/** The rules of one stage that select one class, in the order in which they are held against a connection. */
import type { Decision, Decisions } from "./decisions.ts";
import type { PortSet } from "./port-set.ts";
import type { Rule } from "./rule-model.ts";

/** A rule with its peers as classes. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly sure: ClassSet;
  readonly maybe: ClassSet;
  readonly isEgress: boolean;
}

export interface ClassSet {
  /** Sections of which every class is in it, as bits. */
  readonly whole: number;
  /** Sorted. */
  readonly members: Int32Array;
  /** Sections that some of the members are of, as bits. */
  readonly sections: number;
  /** Of many members a bit each. */
  readonly bits?: Uint32Array;
}

/** Groups of bands of lists of rules. Lists of one band have no order between them. */
export interface Plan {
  readonly rules: readonly CompiledRule[];
  readonly groups: readonly (readonly (readonly (readonly CompiledRule[])[])[])[];
  /** Which end may be the pod's own node, with which it speaks whatever policies say; undefined for meshes. */
  readonly node: "from" | "to" | undefined;
}

/** @param rules - sorted */
export function planOf(rules: readonly CompiledRule[]): Plan {
  const [first, last] = [rules[0]?.rule, rules.at(-1)?.rule];
  // Of most pods there is one list alone, which ends in what it begins with.
  const isOneList = first?.group === last?.group && first?.band === last?.band && first?.list === last?.list;
  const groups = isOneList
    ? [[[rules]]]
    : [...grouped(rules, ({ rule }) => rule.group)].map((group) =>
        [...grouped(group, ({ rule }) => rule.band)].map((band) => [...grouped(band, ({ rule }) => rule.list)]),
      );
  const stage = first?.stage;
  return { rules, groups, node: stage === "network-ingress" ? "from" : stage === "network-egress" ? "to" : undefined };
}

/** Runs of equal keys. */
function* grouped<T>(items: readonly T[], keyOf: (item: T) => number): Generator<readonly T[]> {
  let start = 0;
  for (let index = 1; index <= items.length; index++) {
    if (index < items.length && keyOf(items[index] as T) === keyOf(items[start] as T)) continue;
    if (index > start) yield items.slice(start, index);
    start = index;
  }
}

const MANY = 24;

/** @param section - of each class */
export function classSetOf(whole: number, members: Int32Array, section: Uint8Array): ClassSet {
  const sections = members.reduce((bits, one) => bits | (1 << (section[one] as number)), 0);
  if (members.length < MANY) return { whole, members, sections };
  const bits = new Uint32Array((section.length + 31) >> 5);
  for (const one of members) bits[one >> 5] = (bits[one >> 5] as number) | (1 << (one & 31));
  return { whole, members, sections, bits };
}

/** @param one - a class; -1 stands for one of the section that no rule names */
export function isIn({ whole, members, bits }: ClassSet, one: number, section: number): boolean {
  if ((whole & (1 << section)) !== 0) return true;
  if (one < 0) return false;
  if (bits !== undefined) return ((bits[one >> 5] as number) & (1 << (one & 31))) !== 0;
  return members.includes(one);
}

/** Whether it may match this class, and it is not sure that it does or what it then says: as its own doubt or a port's name. */
export function isUnsure({ rule, sure, maybe }: CompiledRule, one: number, section: number): boolean {
  if (!isIn(sure, one, section)) return isIn(maybe, one, section);
  return rule.doubt !== undefined || rule.ports.named.length > 0;
}

/** A class of endpoints as the other end of a connection. */
export interface Other {
  readonly section: number;
  /** -1: one that no rule names. */
  readonly one: number;
}

export interface PlanGround {
  readonly decisions: Decisions;
  /** What holds of a connection with a node before any rule. */
  startOf(subject: number, node: number, end: "from" | "to"): Decision;
  /** Ports of a rule where this class is the destination; -1: one that gives no port a name. */
  portsAt(rule: Rule, destination: number): PortSet;
  /**
   * Ports of a rule that this class gives its names, which may count or not: of pods on their node's network, whose
   * addresses are the node's to whoever looks names up. None for other classes.
   */
  doubtfulPortsAt(rule: Rule, destination: number): PortSet;
}

/** A rule that matches, as it was met on the way. */
export type Met = (rule: CompiledRule, hit: "sure" | "maybe", before: Decision, own: Decision, ports: PortSet) => void;

/** @param met - told of each rule that matches while something is still to be decided */
export function decide(ground: PlanGround, plan: Plan, subject: number, other: Other, met?: Met): Decision {
  const { decisions } = ground;
  const isNode = plan.node !== undefined && other.section === NODES;
  let before = isNode ? ground.startOf(subject, other.one, plan.node) : decisions.start;
  for (const group of plan.groups) {
    for (const lists of group) {
      if (lists.length === 1 && met === undefined) {
        for (const compiled of lists[0] as readonly CompiledRule[]) before = step(compiled, before);
        continue;
      }
      let together: Decision | undefined;
      for (const list of lists) {
        let own = decisions.start;
        for (const compiled of list) own = step(compiled, own, before);
        together = together === undefined ? own : decisions.either(together, own);
      }
      if (together !== undefined) before = decisions.continued(before, together);
    }
    before = decisions.nextGroup(before);
  }

  function step(compiled: CompiledRule, own: Decision, since?: Decision): Decision {
    const hit = isIn(compiled.sure, other.one, other.section)
      ? "sure"
      : isIn(compiled.maybe, other.one, other.section)
        ? "maybe"
        : undefined;
    if (hit === undefined) return own;
    const { rule } = compiled;
    const destination = compiled.isEgress ? other.one : subject;
    const ports = ground.portsAt(rule, destination);
    if (since !== undefined) met?.(compiled, hit, since, own, ports);
    const { action } = rule;
    const decision = decisions.apply(own, { ports, action, sure: hit === "sure" && rule.doubt === undefined });
    if (rule.ports.named.length === 0) return decision;
    const doubtful = ground.doubtfulPortsAt(rule, destination);
    if (since !== undefined) met?.(compiled, "maybe", since, own, doubtful);
    return decisions.apply(decision, { ports: doubtful, action, sure: false });
  }

  return before;
}

const NODES = 1;
