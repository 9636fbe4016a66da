/** Values of records that somebody else wrote: what has another type, or is longer than any name, is not there. */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";

export function textAt(value: Untyped, name: string): string | undefined {
  const text = Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof text === "string" && text !== "" && text.length <= bounds.observedTextLength ? text : undefined;
}

export function textsAt<Name extends string>(value: Untyped, names: readonly Name[]): { [Key in Name]?: string } {
  const found: { [Key in Name]?: string } = {};
  for (const name of names) {
    const text = textAt(value, name);
    if (text !== undefined) found[name] = text;
  }
  return found;
}

export function mapAt(value: Untyped, name: string): Untyped | undefined {
  const map = Object.hasOwn(value, name) ? value[name] : undefined;
  return isObject(map) ? map : undefined;
}

export function listAt(value: Untyped, name: string): readonly unknown[] {
  const list = Object.hasOwn(value, name) ? value[name] : undefined;
  return Array.isArray(list) ? list.slice(0, bounds.observedListItems) : [];
}

export function portAt(value: Untyped, name: string): number | undefined {
  const port = Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}
