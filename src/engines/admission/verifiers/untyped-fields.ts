/** Fields of custom resources that nobody has typed. */
import { isObject, type Untyped } from "../../../core/untyped.ts";

const NOTHING: Untyped = Object.freeze({});

export function record(value: unknown): Untyped {
  return isObject(value) ? value : NOTHING;
}

export function field(value: Untyped, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

export function at(value: Untyped, name: string): Untyped {
  return record(field(value, name));
}

export function list(value: unknown): readonly Untyped[] {
  return Array.isArray(value) ? value.map(record) : [];
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
