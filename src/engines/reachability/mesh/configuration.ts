/** YAML that a ConfigMap holds as a text: a control plane's settings. */
import { isObject } from "../../../core/untyped.ts";
import { readDocument } from "../../../formats/yaml/documents.ts";
import { plainValue } from "../../../formats/yaml/value.ts";
import { type Fields, fieldsOf } from "../../kubernetes/read/fields.ts";

export interface Configuration {
  readonly fields: Fields;
  /** The first thing that has a wrong type, once the fields were asked for: one sentence without a full stop. */
  wrong(): string | undefined;
}

/** Undefined where it is no mapping. An empty text is an empty mapping. */
export function readConfiguration(text: string): Configuration | undefined {
  const { node, faults } = readDocument(text, { start: 0, end: text.length });
  if (node === undefined) return undefined;
  const value = node === null ? {} : plainValue(node, [...faults]);
  if (!isObject(value)) return undefined;
  return configurationOf(value);
}

export function configurationOf(value: Readonly<Record<string, unknown>>): Configuration {
  let first: string | undefined;
  return {
    fields: fieldsOf(value, (path, reason) => {
      first ??= `${path.join(".")}: ${reason}`;
    }),
    wrong: () => first,
  };
}
