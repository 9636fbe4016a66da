/** One condition compiled by itself: for correlation, for what a loader asks of a rule, and as the first step of a detector. */
import type { Field } from "../../fields/field.ts";
import type { EventSource } from "../../model.ts";
import type { Condition } from "../model.ts";
import { decide, type EventTypes } from "./event-types.ts";
import { type ConditionFault, FaultError } from "./fault.ts";
import { fold, Graph, type Node } from "./graph.ts";
import { compileLeaf } from "./leaf.ts";
import type { Binding, FieldFinder } from "./operands.ts";
import { suspicions } from "./suspicions.ts";

export interface UsedField<Event> {
  readonly field: Field<Event>;
  readonly argument: string | undefined;
  /** Offset in the condition's text. */
  readonly at: number;
}

export interface CompiledCondition<Event> {
  test(event: Event): boolean;
  /** Codes of the events that it can hold for. */
  readonly codes: ReadonlySet<number>;
  readonly fields: readonly UsedField<Event>[];
  /** What looks like a mistake and is none for certain: one sentence each without a full stop. */
  readonly warnings: readonly { readonly message: string; readonly at: number }[];
}

/** What a source's conditions are compiled with. */
export interface Vocabulary<Event> {
  readonly source: EventSource;
  readonly fields: FieldFinder<Event>;
  readonly types: EventTypes;
}

export type CompileResult<Event> = { readonly compiled: CompiledCondition<Event> } | { readonly fault: ConditionFault };

/** The condition has no macros left. Never throws for what it says. */
export function compileCondition<Event>(condition: Condition, vocabulary: Vocabulary<Event>): CompileResult<Event> {
  const graph = new Graph<Event>();
  const used: UsedField<Event>[] = [];
  try {
    const root = addCondition(graph, condition, {
      fields: vocabulary.fields,
      used: (field, argument, at) => used.push({ field, argument, at }),
    });
    const codes = new Set<number>();
    for (const alike of alikeCodes(graph, vocabulary, vocabulary.types.codes)) {
      if (foldFor(graph, root, alike[0] ?? 0, vocabulary) !== graph.false) for (const code of alike) codes.add(code);
    }
    const warnings = suspicions(condition, vocabulary.fields);
    return { compiled: { test: interpret(graph, root), codes, fields: used, warnings } };
  } catch (error) {
    return { fault: faultOf(error, condition.at) };
  }
}

/** @throws what is no fault of a condition */
export function faultOf(error: unknown, at: number): ConditionFault {
  if (!(error instanceof FaultError)) throw error;
  return { kind: error.kind, message: error.message, at: error.at ?? at };
}

/** @throws FaultError */
export function addCondition<Event>(graph: Graph<Event>, condition: Condition, binding: Binding<Event>): Node {
  switch (condition.kind) {
    case "and":
    case "or":
      return graph.all(
        condition.kind,
        condition.terms.map((term) => addCondition(graph, term, binding)),
      );
    case "not":
      return graph.not(addCondition(graph, condition.term, binding));
    case "macro":
      throw new FaultError(`filter error: unexpected identifier '${condition.name}'`, condition.at);
    default:
      return graph.leaf(compileLeaf(condition, binding));
  }
}

/** What is left of a node for the events of one code. @param known - what was folded for that code before */
export function foldFor<Event>(
  graph: Graph<Event>,
  node: Node,
  code: number,
  { types, source }: Pick<Vocabulary<Event>, "types" | "source">,
  known: Map<Node, Node> = new Map(),
): Node {
  return fold(graph, node, (leaf) => decide(leaf, code, types, source), known);
}

/** Codes, those together for which every comparison of the graph is decided alike: most of them. */
export function alikeCodes<Event>(
  { leaves }: Graph<Event>,
  { types, source }: Pick<Vocabulary<Event>, "types" | "source">,
  codes: readonly number[],
): readonly (readonly number[])[] {
  const asking = leaves.filter(({ left }) => left.field?.name.endsWith(".type"));
  const alike = new Map<string, number[]>();
  for (const code of codes) {
    const key = asking.map((leaf) => decide(leaf, code, types, source)).join();
    const before = alike.get(key);
    if (before === undefined) alike.set(key, [code]);
    else before.push(code);
  }
  return [...alike.values()];
}

function interpret<Event>(graph: Graph<Event>, node: Node): (event: Event) => boolean {
  switch (node.kind) {
    case "constant":
      return () => node.value;
    case "leaf": {
      const leaf = graph.leaves[node.leaf];
      return leaf === undefined ? () => false : (event) => leaf.test(event);
    }
    case "not": {
      const term = interpret(graph, node.term);
      return (event) => !term(event);
    }
    default: {
      const terms = node.terms.map((term) => interpret(graph, term));
      return node.kind === "and"
        ? (event) => terms.every((term) => term(event))
        : (event) => terms.some((term) => term(event));
    }
  }
}
