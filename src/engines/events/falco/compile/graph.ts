/**
 * Conditions as one graph: equal parts of all rules are one node, whoever wrote them. Values are pure, so the terms of an
 * `and` or `or` may be asked in any order.
 */
import type { FieldScope } from "../../fields/field.ts";
import type { Leaf } from "./leaf.ts";
import { widerScope } from "./operands.ts";

export type Node =
  | { readonly kind: "constant"; readonly id: number; readonly value: boolean; readonly scope: FieldScope }
  | { readonly kind: "leaf"; readonly id: number; readonly leaf: number; readonly scope: FieldScope }
  | { readonly kind: "not"; readonly id: number; readonly term: Node; readonly scope: FieldScope }
  | { readonly kind: "and" | "or"; readonly id: number; readonly terms: readonly Node[]; readonly scope: FieldScope };

export class Graph<Event> {
  readonly leaves: Leaf<Event>[] = [];
  readonly nodes: Node[] = [];
  readonly #byKey = new Map<string, Node>();
  readonly #leafByKey = new Map<string, number>();
  readonly true: Node;
  readonly false: Node;

  constructor() {
    this.false = this.#node("false", (id) => ({ kind: "constant", id, value: false, scope: "constant" }));
    this.true = this.#node("true", (id) => ({ kind: "constant", id, value: true, scope: "constant" }));
  }

  leaf(leaf: Leaf<Event>): Node {
    let number = this.#leafByKey.get(leaf.key);
    if (number === undefined) {
      number = this.leaves.length;
      this.leaves.push(leaf);
      this.#leafByKey.set(leaf.key, number);
    }
    const index = number;
    // What is constant for good is asked of each event: what it is may become known late.
    const scope = leaf.scope === "constant" ? "event" : leaf.scope;
    return this.#node(`l${index}`, (id) => ({ kind: "leaf", id, leaf: index, scope }));
  }

  not(term: Node): Node {
    if (term.kind === "constant") return term.value ? this.false : this.true;
    if (term.kind === "not") return term.term;
    return this.#node(`!${term.id}`, (id) => ({ kind: "not", id, term, scope: term.scope }));
  }

  /** Flat, each term once, those of one scope together: what stays the same for longest comes first. */
  all(kind: "and" | "or", given: readonly Node[]): Node {
    const neutral = kind === "and";
    const terms = new Set<Node>();
    if (!flatten(kind, given, terms)) return neutral ? this.false : this.true;
    const groups = new Map<FieldScope, Node[]>();
    for (const term of terms) {
      const group = groups.get(term.scope);
      if (group === undefined) groups.set(term.scope, [term]);
      else group.push(term);
    }
    const parts: Node[] = [];
    for (const scope of ["thread", "path", "event"] as const) {
      const group = (groups.get(scope) ?? []).toSorted((left, right) => this.#cost(left) - this.#cost(right));
      // The event's own terms are asked one by one; the others are remembered together.
      if (scope === "event" || group.length < 2 || groups.size === 1) for (const node of group) parts.push(node);
      else parts.push(this.#compound(kind, group));
    }
    if (parts.length === 0) return neutral ? this.true : this.false;
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : this.#compound(kind, parts);
  }

  /** Numbers and flags are read at once; what is put together is asked last. */
  #cost(node: Node): number {
    if (node.kind === "not") return this.#cost(node.term);
    if (node.kind !== "leaf") return 2;
    const type = this.leaves[node.leaf]?.left.type;
    return type === "text" || type === "path" || type === "bytes" ? 1 : 0;
  }

  #compound(kind: "and" | "or", terms: readonly Node[]): Node {
    const key = `${kind === "and" ? "&" : "|"}${terms.map(({ id }) => id).join(",")}`;
    const scope = terms.map((term) => term.scope).reduce(widerScope, "constant");
    return this.#node(key, (id) => ({ kind, id, terms, scope }));
  }

  #node(key: string, make: (id: number) => Node): Node {
    const existing = this.#byKey.get(key);
    if (existing !== undefined) return existing;
    const made = make(this.nodes.length);
    this.nodes.push(made);
    this.#byKey.set(key, made);
    return made;
  }
}

/** False where a term decides it for all. */
function flatten(kind: "and" | "or", given: readonly Node[], into: Set<Node>): boolean {
  for (const term of given) {
    if (term.kind === "constant") {
      if (term.value !== (kind === "and")) return false;
    } else if (term.kind !== kind) into.add(term);
    else if (!flatten(kind, term.terms, into)) return false;
  }
  return true;
}

/** A node with some leaves decided. @param decided - undefined: left open */
export function fold<Event>(
  graph: Graph<Event>,
  node: Node,
  decided: (leaf: Leaf<Event>) => boolean | undefined,
  known: Map<Node, Node> = new Map(),
): Node {
  const before = known.get(node);
  if (before !== undefined) return before;
  const folded = foldOne(graph, node, decided, known);
  known.set(node, folded);
  return folded;
}

function foldOne<Event>(
  graph: Graph<Event>,
  node: Node,
  decided: (leaf: Leaf<Event>) => boolean | undefined,
  known: Map<Node, Node>,
): Node {
  switch (node.kind) {
    case "constant":
      return node;
    case "leaf": {
      const leaf = graph.leaves[node.leaf];
      const value = leaf === undefined ? undefined : decided(leaf);
      if (value === undefined) return node;
      return value ? graph.true : graph.false;
    }
    case "not":
      return graph.not(fold(graph, node.term, decided, known));
    default:
      return graph.all(
        node.kind,
        node.terms.map((term) => fold(graph, term, decided, known)),
      );
  }
}
