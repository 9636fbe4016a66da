/** Fields and transformers of a condition, bound to what reads them. */
import type { Extract, Field, FieldScope, FieldType, Value } from "../../fields/field.ts";
import type { Operand, TransformerArgument } from "../model.ts";
import { FaultError } from "./fault.ts";
import { transformation } from "./transformers.ts";

/** Fields by the text that names them (`fields/registry.ts`): `proc.aname[2]`, `evt.arg.flags`. */
export interface FieldFinder<Event> {
  find(
    text: string,
  ):
    | { readonly field: Field<Event>; readonly argument: string | undefined }
    | { readonly problem: string; readonly unknown: boolean };
}

export interface BoundOperand<Event> {
  /** As messages name it. */
  readonly name: string;
  /** The same for two operands that always read the same. */
  readonly key: string;
  readonly type: FieldType;
  readonly list: boolean;
  /** Several values of which one is enough: `either` needs both for `!=`, `any` does not. */
  readonly several: "either" | "any" | undefined;
  readonly scope: FieldScope;
  readonly extract: Extract<Event>;
  /** What it is when no transformer changes it. */
  readonly field?: { readonly name: string; readonly argument: string | undefined };
}

export interface Binding<Event> {
  readonly fields: FieldFinder<Event>;
  /** Called with each field that is used. */
  used(field: Field<Event>, argument: string | undefined, at: number): void;
}

/** @throws FaultError */
export function bindOperand<Event>(operand: Operand, binding: Binding<Event>): BoundOperand<Event> {
  return operand.kind === "field" ? bindField(operand, binding) : bindTransformer(operand, binding);
}

function bindField<Event>(operand: Operand & { kind: "field" }, { fields, used }: Binding<Event>): BoundOperand<Event> {
  const written = operand.argument === undefined ? operand.name : `${operand.name}[${operand.argument}]`;
  const { field, argument, extract } = atPlace(operand.at, () => {
    const found = fields.find(written);
    if ("problem" in found) {
      if (found.unknown)
        throw new FaultError(`filter_check called with nonexistent field ${written}`, operand.at, "unknown-field");
      throw new FaultError(found.problem);
    }
    if (found.field.outputOnly) throw new FaultError(`field '${found.field.name}' cannot stand in a condition`);
    return { ...found, extract: found.field.bind(found.argument) };
  });
  used(field, argument, operand.at);
  return {
    name: written,
    key: `${JSON.stringify(field.name)}[${argument === undefined ? "" : JSON.stringify(argument)}]`,
    type: field.typeOf?.(argument) ?? field.type,
    list: field.list === true,
    several: field.either ? "either" : field.any && argument === undefined ? "any" : undefined,
    scope: field.scope,
    extract,
    field: { name: field.name, argument },
  };
}

/** What fields say of their arguments gets its place here. */
function atPlace<Result>(at: number, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof FaultError && error.at !== undefined) throw error;
    throw new FaultError(error instanceof Error ? error.message : String(error), at);
  }
}

function bindTransformer<Event>(
  operand: Operand & { kind: "transform" },
  binding: Binding<Event>,
): BoundOperand<Event> {
  const of = operand.of.map((argument) => bindArgument(argument, binding));
  return atPlace(operand.at, () => {
    const refused = of.find(({ several }) => several !== undefined);
    if (refused !== undefined) throw new FaultError(`field '${refused.name}' does not support transformers`);
    const made = transformation(operand.transformer, of, operand.argument);
    const argument = operand.argument === undefined ? "" : `[${JSON.stringify(operand.argument)}]`;
    return {
      name: `${operand.transformer}(${of.map(({ name }) => name).join(", ")})`,
      key: `${operand.transformer}(${of.map(({ key }) => key).join(",")})${argument}`,
      type: made.type,
      list: made.list,
      several: undefined,
      scope: of.map(({ scope }) => scope).reduce(widerScope, "constant"),
      extract: applied(
        of.map(({ extract }) => extract),
        (values) => made.apply(values),
      ),
    };
  });
}

function applied<Event>(
  extracts: readonly Extract<Event>[],
  apply: (values: readonly Value[]) => Value | undefined,
): Extract<Event> {
  return (event) => {
    const values: Value[] = [];
    for (const extract of extracts) {
      const value = extract(event);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return apply(values);
  };
}

function bindArgument<Event>(argument: TransformerArgument, binding: Binding<Event>): BoundOperand<Event> {
  if (argument.kind === "literal") {
    const { text } = argument;
    const constant = { type: "text", list: false, several: undefined, scope: "constant" } as const;
    return { ...constant, name: JSON.stringify(text), key: JSON.stringify(text), extract: () => text };
  }
  if (argument.kind !== "list") return bindOperand(argument, binding);
  const items = argument.items.map((item) => bindArgument(item, binding));
  return {
    name: `(${items.map(({ name }) => name).join(", ")})`,
    key: `(${items.map(({ key }) => key).join(",")})`,
    type: "text",
    list: true,
    several: undefined,
    scope: items.map(({ scope }) => scope).reduce(widerScope, "constant"),
    extract: applied(
      items.map(({ extract }) => extract),
      (values) => values.flat().map(String),
    ),
  };
}

/** What two values together stay the same for. */
export function widerScope(left: FieldScope, right: FieldScope): FieldScope {
  if (left === right || right === "constant") return left;
  return left === "constant" ? right : "event";
}
