/** Looks into a parsed document of whom nobody knows: what is not of the wanted shape is not there. */
import { parseJson } from "../../../core/parse-json.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";

export function asObject(value: unknown): Untyped | undefined {
  return isObject(value) ? value : undefined;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asObjects(value: unknown): Untyped[] {
  return asList(value)
    .map(asObject)
    .filter((item) => item !== undefined);
}

/** A text with something in it. */
export function asText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function asTexts(value: unknown): string[] {
  return asList(value).flatMap((item) => asText(item) ?? []);
}

/** undefined where the text is no JSON. */
export function jsonOrNothing(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
