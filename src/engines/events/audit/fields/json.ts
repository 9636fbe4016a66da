/** Any value of an event, as Falco's plugin `json` names it: by JSON pointer (RFC 6901). */
import { nanosecondsOf } from "../../documents/rfc3339.ts";
import { type AuditField, asText, keyed, one } from "./define.ts";

/**
 * Steps of a pointer; the slash before the first may be left out, and nothing at all is the whole.
 *
 * @throws Error where it is none
 */
function stepsOf(pointer: string): readonly string[] {
  if (pointer === "") return [];
  const steps = (pointer.startsWith("/") ? pointer.slice(1) : pointer).split("/");
  return steps.map((step) => {
    if (/~(?![01])/.test(step)) throw new Error("a ~ of a JSON pointer must be ~0 or, for a slash, ~1");
    return step.replaceAll("~1", "/").replaceAll("~0", "~");
  });
}

const PLACE = /^(?:0|[1-9]\d{0,8})$/;

function stepInto(value: unknown, step: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) return PLACE.test(step) ? value[Number(step)] : undefined;
  return Object.hasOwn(value, step) ? (value as Readonly<Record<string, unknown>>)[step] : undefined;
}

/** @param prefix - `jevt` in rules written before the plugin was one of its own, the public ones among them */
function fieldsNamed(prefix: "json" | "jevt"): readonly AuditField[] {
  return [
    keyed(
      `${prefix}.value`,
      "Value at a JSON pointer in the event: texts as they are, anything else as JSON",
      (pointer) => {
        const steps = stepsOf(pointer);
        return (json) => asText(steps.reduce<unknown>(stepInto, json));
      },
    ),
    one(`${prefix}.obj`, "Whole event as JSON, indented", (json) => JSON.stringify(json, undefined, 2)),
    one(`${prefix}.rawtime`, "Time of the event in nanoseconds since 1970", (_, event) => String(nanosecondsOf(event))),
  ];
}

export const jsonFields: readonly AuditField[] = [...fieldsNamed("json"), ...fieldsNamed("jevt")];
