/** What is remembered of a set of rules, and where in the rows. */
import type { FieldScope } from "../../fields/field.ts";
import type { Node } from "./graph.ts";

/** Types of events for which the same is left of every rule. */
export interface CodeRules {
  readonly codes: readonly number[];
  /** In the order in which they are tried; the number is the rule's place among all. */
  readonly rules: readonly { readonly rule: number; readonly node: Node }[];
}

export type RowScope = "thread" | "path" | "event";

/** Bytes at the beginning of a thread's row that say which version of it the row holds for. */
const VERSION_BYTES = 4;

export interface Slots {
  readonly byNode: ReadonlyMap<Node, number>;
  readonly width: Readonly<Record<RowScope, number>>;
}

interface PlannedRule {
  readonly rule: number;
  /** What has to hold besides the gate. */
  readonly rest: readonly Node[];
  /** What stays the same for long and has to hold; undefined where there is nothing like that. */
  readonly gate?: Node;
}

export interface CodePlan {
  readonly rules: readonly PlannedRule[];
  /** Which rules the thread or the path leaves open, a bit a rule, 30 to a word of four bytes. */
  readonly gates?: {
    readonly scope: "thread" | "path";
    readonly words: readonly { readonly slot: number; readonly rules: readonly PlannedRule[] }[];
  };
  /** Of everything that is asked. */
  readonly scopes: ReadonlySet<FieldScope>;
}

const RULES_IN_WORD = 30;

export function planOf(codes: readonly CodeRules[]): { readonly plans: readonly CodePlan[]; readonly slots: Slots } {
  const width = { thread: VERSION_BYTES, path: 0, event: 0 };
  const plans = codes.map(({ rules }): CodePlan => {
    const roots = rules.map(({ node }) => node);
    const scopes = new Set([...everyNode(roots)].map(({ scope }) => scope));
    const scope = gateScope(roots);
    const planned = rules.map(({ rule, node }) => split(rule, node, scope));
    if (scope === undefined) return { rules: planned, scopes };
    const words: { slot: number; rules: PlannedRule[] }[] = [];
    for (let first = 0; first < planned.length; first += RULES_IN_WORD) {
      words.push({ slot: width[scope], rules: planned.slice(first, first + RULES_IN_WORD) });
      width[scope] += 4;
    }
    return { rules: planned, gates: { scope, words }, scopes };
  });
  return { plans, slots: { byNode: assign(plans, width), width } };
}

/** Parts of a rule that must all hold. */
function partsOf(node: Node): readonly Node[] {
  return node.kind === "and" && node.scope === "event" ? node.terms : [node];
}

/** Paths are asked before threads: most rule out more. */
function gateScope(roots: readonly Node[]): "thread" | "path" | undefined {
  const scopes = new Set(roots.flatMap((root) => partsOf(root).map(({ scope }) => scope)));
  return scopes.has("path") ? "path" : scopes.has("thread") ? "thread" : undefined;
}

function split(rule: number, node: Node, scope: "thread" | "path" | undefined): PlannedRule {
  const parts = partsOf(node);
  const gate = parts.find((part) => part.scope === scope);
  const rest = parts.filter((part) => part !== gate);
  return gate === undefined ? { rule, rest } : { rule, rest, gate };
}

/**
 * Remembered are nodes that are asked from several places, and the largest ones that stay the same for longer than an event.
 * These stand first, those of one type of event side by side.
 */
function assign(plans: readonly CodePlan[], width: Record<RowScope, number>): Map<Node, number> {
  const asked = new Map<Node, number>();
  const largest = new Set<Node>();
  const visit = (node: Node, around: FieldScope): void => {
    if (node.kind === "constant") return;
    if (node.kind === "not") {
      visit(node.term, around);
      return;
    }
    if (around === "event" && node.scope !== "event") largest.add(node);
    const count = (asked.get(node) ?? 0) + 1;
    asked.set(node, count);
    if (count === 1 && node.kind !== "leaf") for (const term of node.terms) visit(term, node.scope);
  };
  for (const { rules } of plans) {
    for (const { gate, rest } of rules) {
      for (const node of rest) visit(node, "event");
      if (gate !== undefined) visit(gate, gate.scope);
    }
  }
  const byNode = new Map<Node, number>();
  for (const node of largest) byNode.set(node, width[rowOf(node.scope)]++);
  for (const [node, count] of asked) {
    if (count > 1 && !byNode.has(node)) byNode.set(node, width[rowOf(node.scope)]++);
  }
  return byNode;
}

export function rowOf(scope: FieldScope): RowScope {
  return scope === "constant" ? "event" : scope;
}

/** The nodes and all below them. */
export function everyNode(roots: Iterable<Node>): Set<Node> {
  const seen = new Set<Node>();
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === "not") visit(node.term);
    else if (node.kind === "and" || node.kind === "or") node.terms.forEach(visit);
  };
  for (const root of roots) visit(root);
  return seen;
}
