/** Whether a value keeps to a shape, as the schema would say (schema.ts), without the library that it is written in. */
import { isObject } from "../../core/untyped.ts";
import type { MappingShape, Shape, ShapeRule, TextShape } from "./shape.ts";

/**
 * The value as it is to be taken: texts without white space around them.
 *
 * @returns undefined where it breaks the shape, or where only the schema can tell
 */
export function conforming(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case "flag":
      return typeof value === "boolean" ? value : undefined;
    case "number":
      return Number.isSafeInteger(value) && shape.from <= Number(value) && Number(value) <= shape.to
        ? value
        : undefined;
    case "choice":
      return typeof value === "string" && shape.of.includes(value) ? value : undefined;
    case "exact":
      return value === shape.text ? value : undefined;
    case "date":
      return typeof value === "string" && isDate(value) ? value : undefined;
    case "text":
      return textOf(shape, value);
    case "list":
      return listOf(shape, value);
    case "named":
      return namedOf(shape, value);
    case "mapping":
      return mappingOf(shape, value);
    case "any":
      return firstOf(shape.of, value);
  }
}

/** `2024-02-29`, of a day that there was. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function textOf({ length, each }: TextShape, value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text.length > 0 && text.length <= length && (each === undefined || each.is(text)) ? text : undefined;
}

function listOf({ of, from = 0, to = Infinity }: Shape & { readonly kind: "list" }, value: unknown) {
  if (!Array.isArray(value) || value.length < from || value.length > to) return undefined;
  const items: unknown[] = [];
  for (const each of value) {
    const item = conforming(of, each);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function namedOf({ name, of, rules }: Shape & { readonly kind: "named" }, value: unknown) {
  if (!isObject(value)) return undefined;
  const named: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    // Names with white space around them may come to the same, and what an object has by itself is no name.
    if (textOf(name, key) !== key || key in named) return undefined;
    const inner = conforming(of, each);
    if (inner === undefined) return undefined;
    named[key] = inner;
  }
  return keeps(rules, named);
}

function mappingOf({ fields, rules = [] }: MappingShape, value: unknown) {
  if (!isObject(value) || !Object.keys(value).every((key) => Object.hasOwn(fields, key))) return undefined;
  const mapping: Record<string, unknown> = {};
  for (const [name, { shape, required }] of Object.entries(fields)) {
    if (!Object.hasOwn(value, name)) {
      if (required === true) return undefined;
      continue;
    }
    const inner = conforming(shape, value[name]);
    if (inner === undefined) return undefined;
    mapping[name] = inner;
  }
  return keeps(rules, mapping);
}

function keeps(rules: readonly ShapeRule[], mapping: Readonly<Record<string, unknown>>) {
  return rules.every(({ holds }) => holds(mapping)) ? mapping : undefined;
}

function firstOf(shapes: readonly Shape[], value: unknown): unknown {
  for (const shape of shapes) {
    const taken = conforming(shape, value);
    if (taken !== undefined) return taken;
  }
  return undefined;
}
