/** Ways through the trees of expressions. */
import type { Accessor, Expression } from "../expression.ts";

/** The expression and all within it, parents before children, in the order that they are written. */
export function* walkExpression(expression: Expression): Generator<Expression> {
  const pending = [expression];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    pending.push(...childrenOf(next).reverse());
  }
}

export function childrenOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case "literal":
      return [];
    case "not":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "call":
      return [...expression.arguments];
    case "context": {
      const within = expression.path.flatMap((one) => (one.kind === "index" ? [one.index] : []));
      return expression.of === undefined ? within : [expression.of, ...within];
    }
  }
}

export type ContextExpression = Extract<Expression, { readonly kind: "context" }>;

/** Every context that is read, also as an index or within a call. */
export function contextsOf(expression: Expression): ContextExpression[] {
  return [...walkExpression(expression)].filter((one) => one.kind === "context");
}

/**
 * The context in lower case, as names ignore case: `github.event.commits.*.message`. What is computed is `*` as well. Of what
 * leads into the result of a call there is none.
 */
export function contextName(context: ContextExpression): string | undefined {
  const { root, path } = context;
  return root === undefined ? undefined : [root.toLowerCase(), ...path.map(accessorName)].join(".");
}

function accessorName(accessor: Accessor): string {
  return accessor.kind === "name" ? accessor.name.toLowerCase() : "*";
}

/**
 * What the expression's value can be made of: operands that `&&` and `||` hand on, arguments of functions that copy text
 * (`format`, `join`, `toJSON`, `fromJSON`, `case`), and contexts. Comparisons, `!`, `contains` and the like come to true or
 * false and `hashFiles` to a digest: what they are of is in no value. What is read as an index is none, either.
 */
export function valueParts(expression: Expression): Expression[] {
  switch (expression.kind) {
    case "literal":
    case "context":
      return [expression];
    case "not":
      return [];
    case "binary": {
      const { operator, left, right } = expression;
      if (operator === "||") return [...valueParts(left), ...valueParts(right)];
      // What `a && b` hands on of `a` is falsy: nothing that an attacker writes.
      return operator === "&&" ? valueParts(right) : [];
    }
    case "call":
      return COPYING.has(expression.name.toLowerCase())
        ? expression.arguments.flatMap(valueParts)
        : callParts(expression);
  }
}

function callParts(expression: Extract<Expression, { readonly kind: "call" }>): Expression[] {
  const name = expression.name.toLowerCase();
  if (name === "case") {
    // Conditions and values by turns, the last for when none holds.
    return expression.arguments.flatMap((one, at) =>
      at % 2 === 1 || at === expression.arguments.length - 1 ? valueParts(one) : [],
    );
  }
  return CHECKING.has(name) ? [] : [expression];
}

const COPYING: ReadonlySet<string> = new Set(["format", "join", "tojson", "fromjson"]);
const CHECKING: ReadonlySet<string> = new Set([
  "contains",
  "startswith",
  "endswith",
  "hashfiles",
  "success",
  "always",
  "cancelled",
  "failure",
]);
