/** Values of the test data (cel.expr.Value) as those of the engine. */
import { asOwn, mapOf } from "../../src/engines/cel/maps.ts";
import type { Value } from "../../src/engines/cel/model.ts";
import { duration, Failure, timestamp, type, uint } from "../../src/engines/cel/values.ts";
import type { Message } from "./textproto.ts";

/** Of a message of a protocol buffer: none that plain CEL has. */
export class NotPlain extends Error {}

/** The member that a field is given last. */
export function member(message: Message, field: string): Message | undefined {
  const value = message[field]?.at(-1);
  return typeof value === "object" && !(value instanceof Uint8Array) ? value : undefined;
}

export function textOf(message: Message, field: string): string | undefined {
  const value = message[field]?.at(-1);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  return typeof value === "string" ? value : undefined;
}

export function valueIn(message: Message): Value {
  const [field] = Object.keys(message);
  const text = field === undefined ? "" : (textOf(message, field) ?? "");
  switch (field) {
    case "null_value":
      return null;
    case "bool_value":
      return text === "true";
    case "int64_value":
      return BigInt(text.replace(/^-0x/, "0x")) * (text.startsWith("-0x") ? -1n : 1n);
    case "uint64_value":
      return asOwn(uint(BigInt(text)));
    case "double_value":
      return doubleOf(text);
    case "string_value":
      return text;
    case "bytes_value":
      return (message[field]?.at(-1) as Uint8Array | undefined) ?? Buffer.alloc(0);
    case "type_value":
      return asOwn(type(text));
    case "list_value":
      return (member(message, field)?.values ?? []).map((each) => valueIn(each as Message));
    case "map_value": {
      const entries = (member(message, field)?.entries ?? []) as readonly Message[];
      const map = mapOf(
        entries.map((each) => [valueIn(member(each, "key") ?? {}), valueIn(member(each, "value") ?? {})]),
      );
      if (map instanceof Failure) throw new Error(map.reason);
      return asOwn(map);
    }
    case "object_value":
      return objectOf(member(message, field) ?? {});
    default:
      throw new NotPlain(`a value of ${field}`);
  }
}

function doubleOf(text: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

function objectOf(message: Message): Value {
  const [name = ""] = Object.keys(message);
  const inner = member(message, name) ?? {};
  const nanoseconds = BigInt(textOf(inner, "seconds") ?? "0") * 1_000_000_000n + BigInt(textOf(inner, "nanos") ?? "0");
  if (name.endsWith("/google.protobuf.Duration]")) return asOwn(duration(nanoseconds));
  if (name.endsWith("/google.protobuf.Timestamp]")) return asOwn(timestamp(nanoseconds));
  throw new NotPlain(`a message ${name}`);
}
