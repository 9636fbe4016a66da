/** Fields of a predicate, which is JSON of a signer's: of any form, and within the bounds of whoever parsed it. */
import { isObject, type Untyped } from "../../../core/untyped.ts";

/** An empty one for what is no object. */
export function objectIn(value: unknown, name: string): Untyped {
  const inner = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return isObject(inner) ? inner : {};
}

export function listIn(value: unknown, name: string): readonly unknown[] | undefined {
  const inner = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return Array.isArray(inner) ? inner : undefined;
}

/** Undefined for what is no text, and for an empty one. */
export function textIn(value: unknown, name: string): string | undefined {
  const inner = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof inner === "string" && inner !== "" ? inner : undefined;
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** A time of RFC 3339, as ISO 8601 in UTC; undefined where it is none. */
export function timeIn(value: unknown, name: string): string | undefined {
  const text = textIn(value, name);
  if (text === undefined || !TIME.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** A text of a signer's in a message: not longer than a line takes. */
export function quoted(text: string): string {
  return text.length > QUOTED ? `${text.slice(0, QUOTED - 1)}…` : text;
}

const QUOTED = 200;
