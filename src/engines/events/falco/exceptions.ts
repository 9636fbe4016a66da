/** Exceptions of rules: what is asked of their form, and the text that they become (upstream's `rule_loader_compiler.cpp`). */
import type { ExceptionDefinition, ExceptionEntry } from "./definitions.ts";
import { errorIn, type ItemContext } from "./diagnostics.ts";
import { listOperators, modifiedOperators, modifiers, operators } from "./parse.ts";
import { quoteItem } from "./quote-item.ts";
import type { SourceText } from "./source-text.ts";

/** One whose form was checked: as many comparisons as fields. */
export interface RuleException {
  readonly name: string;
  /** One field compared with all values at once, or several with tuples. */
  readonly isTuple: boolean;
  readonly fields: readonly string[];
  readonly comparisons: readonly string[];
  readonly values: readonly ExceptionEntry[];
  readonly context: ItemContext;
}

/**
 * @param isField - whether the rule's source has a field or transformer of that text; undefined where the source is unknown
 * @throws RuleFault
 */
export function checkException(
  exception: ExceptionDefinition,
  isField: ((text: string) => boolean) | undefined,
): RuleException {
  const { name, context, values } = exception;
  if (exception.fields === undefined)
    throw fault(context, "Rule exception must have fields property with a list of fields");
  const isTuple = exception.fields.kind === "list";
  const fields = textsOf(exception.fields, context);
  if (exception.comparisons !== undefined && (exception.comparisons.kind === "list") !== isTuple)
    throw fault(
      context,
      isTuple ? "Fields and comps lists must have equal length" : "Fields and comps must both be strings",
    );
  const comparisons = exception.comparisons
    ? textsOf(exception.comparisons, context).map((text) => text.trim())
    : fields.map(() => (isTuple ? "=" : "in"));
  if (fields.length !== comparisons.length) throw fault(context, "Fields and comps lists must have equal length");
  for (const comparison of comparisons) checkComparison(comparison, isTuple, context);
  for (const field of fields)
    if (isField?.(field) === false) throw fault(context, `'${field}' is not a supported filter field`);
  return { name, isTuple, fields, comparisons, values, context };
}

function checkComparison(comparison: string, isTuple: boolean, context: ItemContext): void {
  if (isTuple ? operators.includes(comparison) || isModified(comparison) : takesList(comparison)) return;
  throw fault(
    context,
    isTuple
      ? `'${comparison}' is not a supported comparison operator`
      : "When fields is a single value, comps must be one of (in, pmatch, intersects) or a modifier operator " +
          "(e.g. startswith oneof)",
  );
}

/** `startswith oneof` and its like. */
function isModified(comparison: string): boolean {
  const [operator, modifier, ...more] = comparison.split(/\s+/);
  return more.length === 0 && modifiedOperators.has(operator ?? "") && modifiers.some((one) => one === modifier);
}

function takesList(comparison: string): boolean {
  return listOperators.has(comparison) || isModified(comparison);
}

function fault(context: ItemContext, message: string) {
  return errorIn(context, "LOAD_ERR_VALIDATE", message);
}

function textsOf(entry: ExceptionEntry, context: ItemContext): string[] {
  if (entry.kind === "text") return [entry.text];
  return entry.items.map((item) => {
    if (item.kind === "list") throw fault(context, "Fields and comps must be lists of texts");
    return item.text;
  });
}

/**
 * `(condition) and not (…) and not (…)`: one for each exception that has values.
 *
 * @throws RuleFault
 */
export function withExceptions(condition: SourceText, exceptions: readonly RuleException[]): SourceText {
  if (exceptions.length === 0) return condition;
  let before = ")";
  const pieces = [];
  for (const exception of exceptions) {
    const text = exception.isTuple ? tuples(exception) : oneField(exception);
    const [value] = exception.values;
    if (text === "" || value === undefined) continue;
    pieces.push({ text: `${before} and not ${text}`, of: value.node });
    before = "";
  }
  const [first, ...rest] = pieces;
  return condition.wrapped("(", first === undefined ? [CLOSING(condition)] : [first, ...rest]);
}

/** What is left to be closed where no exception has a value. */
const CLOSING = (condition: SourceText) => ({ text: ")", of: condition.first });

function oneField({ fields, comparisons, values, context }: RuleException): string {
  if (values.length === 0) return "";
  const items = values.map((value) => {
    if (value.kind === "list") throw fault(context, "Expected values array to contain a list of strings");
    return quoteItem(value.text);
  });
  return `(${fields[0]} ${comparisons[0]} (${items.join(", ")}))`;
}

function tuples({ fields, comparisons, values, context }: RuleException): string {
  if (values.length === 0) return "";
  const tuple = (value: ExceptionEntry) => {
    if (value.kind !== "list" || value.items.length !== fields.length)
      throw fault(context, "Fields and values lists must have equal length");
    const checks = value.items.map(
      (item, index) => `${fields[index]} ${comparisons[index]} ${rightSide(item, comparisons[index] ?? "=", context)}`,
    );
    return `(${checks.join(" and ")})`;
  };
  return `(${values.map(tuple).join(" or ")})`;
}

function rightSide(value: ExceptionEntry, comparison: string, context: ItemContext): string {
  if (value.kind === "list") {
    const items = value.items.map((item) => {
      if (item.kind === "list") throw fault(context, "Exception values are texts or lists of texts");
      return quoteItem(item.text);
    });
    return `(${items.join(", ")})`;
  }
  if (!takesList(comparison)) return quoteItem(value.text);
  return value.text.startsWith("(") ? value.text : `(${quoteItem(value.text, true)})`;
}
