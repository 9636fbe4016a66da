/**
 * Rules as functions of their own for each type of event.
 *
 * What was found of a node is remembered in three rows of bytes (0 not asked, 1 false, 2 true): of the thread, of the path,
 * of the event. Nodes that stay the same for long are asked once for each of their lives. What was found of one comparison
 * is remembered by the value that it was asked of, too: a thousand programs have a dozen names.
 *
 * The text that is compiled here holds numbers and names of this file alone: whatever rules say is reached through arrays.
 */
import type { FieldScope } from "../../fields/field.ts";
import type { Graph, Node } from "./graph.ts";
import type { Leaf } from "./leaf.ts";
import { rememberRows } from "./remembered.ts";

const FALSE = 1;
const TRUE = 2;

/** Bytes at the beginning of a thread's row that say whose row it is. */
export const OWNER_BYTES = 2;

/** Types of events for which the same is left of every rule. */
export interface CodeRules {
  readonly codes: readonly number[];
  /** In the order in which they are tried; the number is the rule's place among all. */
  readonly rules: readonly { readonly rule: number; readonly node: Node }[];
}

export type Driver<Event> = (
  event: Event,
  thread: Uint8Array,
  paths: Uint8Array,
  path: number,
  own: Uint8Array,
  out: unknown[],
  all: boolean,
) => number;

export interface Generated<Event> {
  /** One for each of the types that it was made for. */
  readonly drivers: readonly {
    readonly evaluate: Driver<Event>;
    readonly asksPath: boolean;
    readonly asksThread: boolean;
  }[];
  /** Bytes of a row of each scope. */
  readonly width: Readonly<Record<RowScope, number>>;
}

export type RowScope = "thread" | "path" | "event";

/** @param rules - what drivers write to `out` */
export function generate<Event>(
  graph: Graph<Event>,
  codes: readonly CodeRules[],
  rules: readonly unknown[],
): Generated<Event> {
  const slots = assignSlots(codes);
  const text: string[] = ['"use strict";'];
  const values = valueGroups(graph, usedLeaves(codes));
  text.push(...values.text);
  for (const [node, slot] of slots.byNode) {
    const found = `${expression(node, slots, true)}?${TRUE}:${FALSE}`;
    text.push(`function f${node.id}(e,T,P,p,E){return ${place(node, slot)}=${found}}`);
  }
  const scopes = codes.map(({ rules: tried }) => scopesOf(tried.map(({ node }) => node)));
  for (const [index, { rules: tried }] of codes.entries()) {
    const lines = tried.map(
      ({ rule, node }) => `if(${expression(node, slots, false)}){o[n++]=R[${rule}];if(!a)return n}`,
    );
    const clear = scopes[index]?.has("event") ? "E.fill(0);" : "";
    text.push(`D.push(function(e,T,P,p,E,o,a){let n=0;N=(N+1)|0;${clear}${lines.join("")}return n});`);
  }
  const drivers: Driver<Event>[] = [];
  const tests = graph.leaves.map((leaf) => leaf.test);
  const predicates = graph.leaves.map((leaf) => leaf.predicate);
  const given = [tests, predicates, values.extracts, values.rows, rules, drivers];
  new Function("L", "Q", "X", "M", "R", "D", text.join("\n"))(...given);
  const asks = (index: number, scope: RowScope) => scopes[index]?.has(scope) === true;
  return {
    drivers: drivers.map((evaluate, index) => ({
      evaluate,
      asksPath: asks(index, "path"),
      asksThread: asks(index, "thread"),
    })),
    width: slots.width,
  };
}

/** From this many comparisons of one field on, what they come to is remembered by its values. */
const WORTH_REMEMBERING = 3;
const MOST_VALUES = 8_192;

/** Functions `l0`… of the leaves. */
function valueGroups<Event>(graph: Graph<Event>, used: ReadonlySet<number>) {
  const byOperand = Map.groupBy(used, (leaf) => {
    const { left, predicate, scope } = graph.leaves[leaf] as Leaf<Event>;
    const isText = left.type === "text" || left.type === "path";
    // Of paths the path's row tells, and one value is seldom asked twice.
    return isText && predicate !== undefined && left.several === undefined && scope !== "path" ? left.key : "";
  });
  const text = ["let N=0;"];
  const extracts: unknown[] = [];
  const rows: unknown[] = [];
  for (const [key, leaves] of byOperand) {
    if (key === "" || leaves.length < WORTH_REMEMBERING) {
      for (const leaf of leaves) text.push(`const l${leaf}=L[${leaf}];`);
      continue;
    }
    const group = extracts.length;
    extracts.push(graph.leaves[leaves[0] ?? 0]?.left.extract);
    rows.push(rememberRows(leaves.length, MOST_VALUES));
    // The value and where its row begins, for as long as the event is in hand; -1: absent.
    text.push(`const x${group}=X[${group}],m${group}=M[${group}];let n${group}=-1,v${group},w${group}=-1,b${group};`);
    text.push(
      `function g${group}(e){n${group}=N;v${group}=x${group}(e);` +
        `if(v${group}===undefined)return w${group}=-1;w${group}=m${group}.row(v${group});b${group}=m${group}.bytes;return w${group}}`,
    );
    for (const [index, leaf] of leaves.entries()) {
      text.push(
        `const q${leaf}=Q[${leaf}];function l${leaf}(e){const w=n${group}===N?w${group}:g${group}(e);if(w<0)return false;` +
          `const c=b${group}[w+${index}];if(c!==0)return c===${TRUE};const r=q${leaf}(v${group});` +
          `b${group}[w+${index}]=r?${TRUE}:${FALSE};return r}`,
      );
    }
  }
  return { text, extracts, rows };
}

interface Slots {
  readonly byNode: ReadonlyMap<Node, number>;
  readonly width: Record<RowScope, number>;
}

/** Nodes that are asked from several places, and the largest ones that stay the same for longer than an event. */
function assignSlots(codes: readonly CodeRules[]): Slots {
  const parents = new Map<Node, number>();
  const largest = new Set<Node>();
  const visit = (node: Node, scope: FieldScope): void => {
    if (node.kind === "constant") return;
    if (node.kind === "not") {
      visit(node.term, scope);
      return;
    }
    if (scope === "event" && node.scope !== "event") largest.add(node);
    const count = (parents.get(node) ?? 0) + 1;
    parents.set(node, count);
    if (count > 1) return;
    if (node.kind !== "leaf") for (const term of node.terms) visit(term, node.scope);
  };
  for (const { rules } of codes) for (const { node } of rules) visit(node, "event");
  const byNode = new Map<Node, number>();
  const width = { thread: OWNER_BYTES, path: 0, event: 0 };
  for (const [node, count] of parents) {
    if (count < 2 && !largest.has(node)) continue;
    byNode.set(node, width[rowOf(node.scope)]++);
  }
  return { byNode, width };
}

function rowOf(scope: FieldScope): RowScope {
  return scope === "constant" ? "event" : scope;
}

/** Where a node's byte is. */
function place(node: Node, slot: number): string {
  const row = rowOf(node.scope);
  return row === "path" ? `P[p+${slot}]` : `${row === "thread" ? "T" : "E"}[${slot}]`;
}

/** @param itself - the node's own text, not what was remembered of it */
function expression(node: Node, slots: Slots, itself: boolean): string {
  const slot = itself ? undefined : slots.byNode.get(node);
  if (slot !== undefined) return `(${place(node, slot)}||f${node.id}(e,T,P,p,E))===${TRUE}`;
  switch (node.kind) {
    case "constant":
      return String(node.value);
    case "leaf":
      return `l${node.leaf}(e)`;
    case "not":
      return `!(${expression(node.term, slots, false)})`;
    default:
      return `(${node.terms.map((term) => expression(term, slots, false)).join(node.kind === "and" ? "&&" : "||")})`;
  }
}

function everyNode(roots: Iterable<Node>): Set<Node> {
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

function usedLeaves(codes: readonly CodeRules[]): Set<number> {
  const leaves = new Set<number>();
  for (const node of everyNode(codes.flatMap(({ rules }) => rules.map(({ node: root }) => root)))) {
    if (node.kind === "leaf") leaves.add(node.leaf);
  }
  return leaves;
}

/** Of all nodes below: which rows they are remembered in. */
function scopesOf(roots: readonly Node[]): Set<FieldScope> {
  return new Set([...everyNode(roots)].map(({ scope }) => scope));
}
