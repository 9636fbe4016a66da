/** Short ways to write a field of the source `k8s_audit`, and how values of JSON become values of fields. */
import type { Extract, Field, Value } from "../../fields/field.ts";
import { byteString } from "../../fields/shown.ts";
import type { AuditEvent } from "../model.ts";

export type AuditField = Field<AuditEvent>;
type Json = AuditEvent["json"];
type More = Partial<Omit<AuditField, "name" | "source" | "type" | "list" | "scope" | "bind">>;

/** A text as it is; anything else as JSON without blanks: `true`, `null`, `{"port":80}`. Undefined for what is not there. */
export function asText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return byteString(typeof value === "string" ? value : JSON.stringify(value));
}

/** Texts of those that are there; undefined where there are none: no field gives an empty list. */
export function asTexts(values: Iterable<unknown> | undefined): readonly string[] | undefined {
  if (values === undefined) return undefined;
  const texts: string[] = [];
  for (const value of values) {
    const text = asText(value);
    if (text !== undefined) texts.push(text);
  }
  return texts.length === 0 ? undefined : texts;
}

/** A field with one value. */
export function one(
  name: string,
  description: string,
  read: (json: Json, event: AuditEvent) => unknown,
  more: More = {},
): AuditField {
  const extract: Extract<AuditEvent> = (event) => asText(read(event.json, event));
  return { name, source: "k8s_audit", type: "text", scope: "event", description, bind: () => extract, ...more };
}

/** A field with several values and no argument. */
export function several(
  name: string,
  description: string,
  read: (json: Json) => Iterable<unknown> | undefined,
  more: More = {},
): AuditField {
  const extract: Extract<AuditEvent> = ({ json }) => asTexts(read(json));
  return {
    name,
    source: "k8s_audit",
    type: "text",
    list: true,
    scope: "event",
    description,
    bind: () => extract,
    ...more,
  };
}

/**
 * A field with several values of which an argument chooses one: `ka.req.pod.containers.image[0]` is a list of one. A field of
 * lists in a list chooses the outer one.
 */
export function indexed(
  name: string,
  description: string,
  read: (json: Json, index: number | undefined) => Iterable<unknown> | undefined,
  more: More = {},
): AuditField {
  return {
    name,
    source: "k8s_audit",
    type: "text",
    list: true,
    argument: { presence: "optional", kind: "index" },
    scope: "event",
    description,
    bind(argument) {
      const index = argument === undefined ? undefined : Number.parseInt(argument, 10);
      return ({ json }) => asTexts(read(json, index));
    },
    ...more,
  };
}

/** A field that an argument makes one of many: `ka.uri.param[container]`. */
export function keyed(
  name: string,
  description: string,
  bind: (argument: string) => (json: Json) => Value | undefined,
  more: More = {},
): AuditField {
  return {
    name,
    source: "k8s_audit",
    type: "text",
    argument: { presence: "required", kind: "key" },
    scope: "event",
    description,
    bind(argument) {
      const read = bind(argument ?? "");
      return ({ json }) => read(json);
    },
    ...more,
  };
}
