/** The policy's shape as a schema of zod: for editors (json-schema.ts), and for what is told of a file that breaks it. */
import * as z from "zod";
import { isObject } from "../../core/untyped.ts";
import { type MappingShape, policyShape, type Shape, type ShapeRule, type TextShape } from "./shape.ts";

export const policySchema: z.ZodType = schemaOf(policyShape);

function schemaOf(shape: Shape): z.ZodType {
  switch (shape.kind) {
    case "flag":
      return z.boolean();
    case "date":
      return z.iso.date();
    case "number":
      return z.int().min(shape.from).max(shape.to);
    case "choice":
      return z.enum(shape.of);
    case "exact":
      return z.literal(shape.text);
    case "text":
      return textOf(shape);
    case "list":
      return listOf(shape);
    case "named":
      return ruled(z.record(textOf(shape.name), schemaOf(shape.of)), shape.rules);
    case "mapping":
      return mappingOf(shape);
    case "any":
      return z.union(shape.of.map(schemaOf));
  }
}

function textOf({ length, each }: TextShape): z.ZodType<string, string> {
  const text = z.string().trim().min(1).max(length);
  if (each === undefined) return text;
  return text.refine(each.is, { error: "has another form", params: { allowed: each.says } });
}

function listOf({ of, from, to }: Shape & { readonly kind: "list" }): z.ZodType {
  const list = z.array(schemaOf(of));
  const least = from === undefined ? list : list.min(from);
  return to === undefined ? least : least.max(to);
}

function mappingOf({ fields, rules = [], description }: MappingShape): z.ZodType {
  const own = Object.entries(fields).map(([name, { shape, description, required }]) => {
    const schema = schemaOf(shape);
    const field = required === true ? schema : schema.optional();
    return [name, description === undefined ? field : field.describe(description)];
  });
  const whole = ruled(z.strictObject(Object.fromEntries(own)), rules);
  return description === undefined ? whole : whole.describe(description);
}

function ruled(schema: z.ZodType, rules: readonly ShapeRule[]): z.ZodType {
  return rules.reduce(
    (whole, { fault, allowed, holds, last }) =>
      whole.refine((written) => holds(written as Readonly<Record<string, unknown>>), {
        error: fault,
        params: { allowed },
        ...(last === true ? {} : { when: isMapping }),
      }),
    schema,
  );
}

/** Lets the rules over several keys speak beside what is wrong with single ones. */
function isMapping({ value }: { readonly value: unknown }): boolean {
  return isObject(value);
}
