/**
 * Rules as functions of their own for each type of event.
 *
 * What was found of a node is remembered in three rows of bytes (0 not asked, 1 false, 2 true): of the thread, of the path,
 * of the event. What stays the same for long is asked first and for all rules of a type at once: which of them it leaves
 * open is a word of bits in that row, and mostly that is none.
 *
 * The text that is compiled here holds numbers and names of this file alone: whatever rules say is reached through arrays.
 */
import { append } from "../../../../core/append.ts";
import type { FieldScope } from "../../fields/field.ts";
import { valueGroups } from "./by-value.ts";
import type { Graph, Node } from "./graph.ts";
import { type CodePlan, type CodeRules, everyNode, planOf, type RowScope, rowOf, type Slots } from "./slots.ts";

const FALSE = 1;
const TRUE = 2;

/**
 * @param thread - where the thread's row begins in `threads`
 * @param path - where the path's row begins in `paths`
 * @param out - gets what was given for each rule that holds
 * @returns how many hold: one at most without `all`
 */
export type Driver<Event> = (
  event: Event,
  threads: Uint8Array,
  thread: number,
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

/** @param rules - what drivers write to `out` */
export function generate<Event>(
  graph: Graph<Event>,
  codes: readonly CodeRules[],
  rules: readonly unknown[],
): Generated<Event> {
  const { plans, slots } = planOf(codes);
  const used = everyNode(codes.flatMap(({ rules: tried }) => tried.map(({ node }) => node)));
  const leaves = new Set([...used].flatMap((node) => (node.kind === "leaf" ? [node.leaf] : [])));
  const values = valueGroups(graph, leaves);
  const text = ['"use strict";', ...values.text];
  for (const [node, slot] of slots.byNode) {
    const found = `${expression(node, slots, true)}?${TRUE}:${FALSE}`;
    text.push(`function f${node.id}(e,T,t,P,p,E){return ${place(rowOf(node.scope), slot)}=${found}}`);
  }
  for (const [index, plan] of plans.entries()) append(text, driverText(index, plan, slots));
  const drivers: Driver<Event>[] = [];
  const tests = graph.leaves.map((leaf) => leaf.test);
  const predicates = graph.leaves.map((leaf) => leaf.predicate);
  const given = [tests, predicates, values.extracts, values.rows, rules, drivers];
  new Function("L", "Q", "X", "M", "R", "D", text.join("\n"))(...given);
  return {
    drivers: drivers.map((evaluate, index) => {
      const scopes: ReadonlySet<FieldScope> = plans[index]?.scopes ?? new Set();
      return { evaluate, asksPath: scopes.has("path"), asksThread: scopes.has("thread") };
    }),
    width: slots.width,
  };
}

/** The function of one type of event, and those that find which of its rules are open. */
function driverText(index: number, plan: CodePlan, slots: Slots): string[] {
  const clear = plan.scopes.has("event") ? "E.fill(0);" : "";
  const start = `D.push(function(e,T,t,P,p,E,o,a){let n=0;N=(N+1)|0;${clear}`;
  const hold = (rule: number, rest: readonly Node[]) => {
    const found = `{o[n++]=R[${rule}];if(!a)return n}`;
    return rest.length === 0 ? found : `if(${rest.map((node) => expression(node, slots, false)).join("&&")})${found}`;
  };
  const { gates } = plan;
  if (gates === undefined)
    return [`${start}${plan.rules.map(({ rule, rest }) => hold(rule, rest)).join("")}return n});`];
  const text: string[] = [];
  const body = gates.words.map(({ slot, rules }, word) => {
    const bytes = [0, 1, 2, 3].map((byte) => place(gates.scope, slot + byte));
    const open = rules.map(({ gate }, bit) => {
      const set = `m|=${1 << bit};`;
      return gate === undefined ? set : `if(${expression(gate, slots, false)})${set}`;
    });
    const keep = bytes.map((byte, at) => `${byte}=${at === 0 ? "m" : `m>>>${8 * at}`};`);
    text.push(`function k${index}_${word}(e,T,t,P,p,E){let m=${KNOWN};${open.join("")}${keep.join("")}return m}`);
    const read = bytes.map((byte, at) => (at === 0 ? byte : `${byte}<<${8 * at}`)).join("|");
    const cases = rules.map(({ rule, rest }, bit) => `case ${bit}:${hold(rule, rest)}break;`);
    return (
      `m=${read};if(m>=0)m=k${index}_${word}(e,T,t,P,p,E);m&=${~KNOWN};` +
      `while(m!==0){b=31-Math.clz32(m&-m);m&=m-1;switch(b){${cases.join("")}}}`
    );
  });
  text.push(`${start}let m=0,b=0;${body.join("")}return n});`);
  return text;
}

/** The bit of a word that says that the others were found. */
const KNOWN = 1 << 31;

/** Where a byte is. */
function place(row: RowScope, slot: number): string {
  return row === "path" ? `P[p+${slot}]` : row === "thread" ? `T[t+${slot}]` : `E[${slot}]`;
}

/** @param itself - the node's own text, not what was remembered of it */
function expression(node: Node, slots: Slots, itself: boolean): string {
  const slot = itself ? undefined : slots.byNode.get(node);
  if (slot !== undefined) return `(${place(rowOf(node.scope), slot)}||f${node.id}(e,T,t,P,p,E))===${TRUE}`;
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
