/**
 * Writes events: parameters from values, as the writers of captures and frames, the reader of JSON lines and tests need it.
 * What `parameters.ts` and `sockets.ts` read of it is what was given.
 */
import type { SyscallEvent } from "../event.ts";
import { isSigned, sizeOf } from "./parameters.ts";
import { families, type SocketAddress, type SocketTuple } from "./sockets.ts";
import { eventType, type Parameter } from "./table.ts";

/** A number, a byte string (of `text`, `path`, `bytes`), texts, a socket's address or two; undefined: absent. */
export type ParameterValue = number | bigint | string | readonly string[] | SocketAddress | SocketTuple | undefined;

/**
 * Bytes of one parameter; empty for undefined.
 *
 * @throws Error in one sentence where the value is of no such type, or over its range
 */
export function encodeParameter(parameter: Parameter, value: ParameterValue): Buffer {
  if (value === undefined) return Buffer.alloc(0);
  const { type, name } = parameter;
  const size = sizeOf(type);
  if (size !== 0) {
    if (typeof value !== "number" && typeof value !== "bigint") throw new Error(`${name} is not a number`);
    return encodeNumber(name, value, size, isSigned(type));
  }
  if (typeof value === "string") {
    // All but texts are their bytes, whatever form they have.
    return Buffer.from(type === "text" || type === "path" || type === "relpath" ? `${value}\0` : value, "latin1");
  }
  if (typeof value === "object") {
    if (!("kind" in value)) {
      if (type === "bytes" || type === "texts") return encodeTexts(value);
    } else if (type === "sockaddr" && !("source" in value)) return encodeAddress(value);
    else if (type === "socktuple" && ("source" in value || value.kind === "other")) return encodeTuple(value);
  }
  throw new Error(`${name} is not of type ${type}`);
}

function encodeNumber(name: string, value: number | bigint, size: 1 | 2 | 4 | 8, signed: boolean): Buffer {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error(`${name} is not a whole number`);
  const whole = BigInt(value);
  const bits = 8 * size;
  if (signed ? BigInt.asIntN(bits, whole) !== whole : BigInt.asUintN(bits, whole) !== whole)
    throw new Error(`${name} is over ${size} bytes`);
  const bytes = Buffer.alloc(8);
  if (signed) bytes.writeBigInt64LE(whole);
  else bytes.writeBigUInt64LE(whole);
  return bytes.subarray(0, size);
}

function encodeTexts(texts: readonly string[]): Buffer {
  return Buffer.from(texts.map((text) => `${text}\0`).join(""), "latin1");
}

function encodePort(port: number): string {
  return String.fromCharCode(port & 0xff, (port >> 8) & 0xff);
}

function encodeAddress(value: SocketAddress): Buffer {
  if (value.kind === "other") return Buffer.of(value.family);
  if (value.kind === "unix") return Buffer.from(`${String.fromCharCode(families.unix)}${value.path}\0`, "latin1");
  const family = String.fromCharCode(families[value.kind]);
  return Buffer.from(`${family}${value.address}${encodePort(value.port)}`, "latin1");
}

function encodeTuple(value: SocketTuple): Buffer {
  if (value.kind === "other") return Buffer.of(value.family);
  if (value.kind === "unix") {
    const ends = Buffer.alloc(17);
    ends[0] = families.unix;
    ends.writeBigUInt64LE(value.source, 1);
    ends.writeBigUInt64LE(value.destination, 9);
    return Buffer.concat([ends, Buffer.from(`${value.path}\0`, "latin1")]);
  }
  const family = String.fromCharCode(families[value.kind]);
  const source = `${value.source}${encodePort(value.sourcePort)}`;
  return Buffer.from(`${family}${source}${value.destination}${encodePort(value.destinationPort)}`, "latin1");
}

/**
 * Makes `event` one of this code with these parameters, those without a value absent.
 *
 * @throws Error in one sentence for an unknown code or parameter, or a value that is of no such type
 */
export function fillEvent(event: SyscallEvent, code: number, values: Readonly<Record<string, ParameterValue>>): void {
  const type = eventType(code);
  if (type === undefined) throw new Error(`no event has the code ${code}`);
  const unknown = Object.keys(values).find((name) => !type.parameters.some((parameter) => parameter.name === name));
  if (unknown !== undefined) throw new Error(`${type.name} has no parameter ${unknown}`);
  event.code = code;
  event.parameters = type.parameters.length;
  const parts: Buffer[] = [];
  let at = 0;
  for (const [index, parameter] of type.parameters.entries()) {
    const bytes = encodeParameter(
      parameter,
      Object.hasOwn(values, parameter.name) ? values[parameter.name] : undefined,
    );
    event.starts[index] = at;
    event.lengths[index] = bytes.length;
    at += bytes.length;
    parts.push(bytes);
  }
  event.bytes = Buffer.concat(parts);
}
