/** Values of parameters as lines have them: numbers, names of flags, errors and signals, texts, addresses. */
import { nearest } from "../../../core/nearest.ts";
import type { ParameterValue } from "../types/encode.ts";
import { errorNumber, signalNumber } from "../types/errors.ts";
import { flagTable } from "../types/flags.ts";
import { sizeOf } from "../types/parameters.ts";
import { syscallByName } from "../types/syscalls.ts";
import type { Parameter } from "../types/table.ts";
import { addressBytes, endpointOf } from "./addresses.ts";
import { isObject, LineError, textOf, wholeOf } from "./shape.ts";

/** The kernel's number for "from the working directory". */
export const FROM_CWD = -100;

/**
 * The value of one parameter; undefined for null.
 *
 * @param what - how it is named in an error: `args.flags`
 * @throws LineError
 */
export function parameterValue(parameter: Parameter, value: unknown, what: string): ParameterValue {
  if (value === null || value === undefined) return undefined;
  if (sizeOf(parameter.type) !== 0) return numberOf(parameter, value, what);
  // Whatever has a form of its own can be given as its bytes.
  if (isObject(value)) return textOf(value, what);
  switch (parameter.type) {
    case "sockaddr":
      return addressOf(value, what);
    case "socktuple":
      return tupleOf(value, what);
    case "texts":
      return listOf(value, what);
    case "bytes":
      return Array.isArray(value) ? listOf(value, what) : textOf(value, what);
    case "fdlist":
      return descriptorsOf(value, what);
    case "dynamic":
      return dynamicOf(parameter, value, what);
    case "ip4":
    case "ip6": {
      const address = typeof value === "string" ? addressBytes(value) : undefined;
      if (address?.length !== (parameter.type === "ip4" ? 4 : 16)) throw new LineError(`${what} is not an address`);
      return address;
    }
    default:
      return textOf(value, what);
  }
}

function numberOf(parameter: Parameter, value: unknown, what: string): bigint {
  const whole = wholeOf(value);
  if (whole !== undefined) {
    // As C and chmod have it: 0755 is octal where numbers are shown so.
    const isOctal = typeof value === "string" && /^0[0-7]+$/.test(value);
    return isOctal && (parameter.base === "octal" || parameter.type === "mode") ? BigInt(`0o${value.slice(1)}`) : whole;
  }
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value !== "string") throw new LineError(`${what} is not a number`);
  const named = nameValue(parameter, value, what);
  if (named === undefined) throw new LineError(`${what}: ${value} is neither a number nor a name that stands for one`);
  return BigInt(named);
}

/** A name where a number is: of flags, an error, a signal, a system call. */
function nameValue(parameter: Parameter, text: string, what: string): number | undefined {
  const { type, flags } = parameter;
  if (flags !== undefined) return flagsValue(flags, text, what);
  if (type === "signal") return signalNumber(text);
  if (type === "syscall") return syscallByName(text)?.id;
  if (type === "fd" && text === "AT_FDCWD") return FROM_CWD;
  if (type === "errno" || type === "fd" || type === "pid") {
    const error = errorNumber(text.replace(/^-/, ""));
    return error === undefined ? undefined : -error;
  }
  return undefined;
}

function flagsValue(table: string, text: string, what: string): number {
  let value = 0;
  const named = flagTable(table);
  for (const name of text.split("|")) {
    const found = named.find(([known]) => known === name.trim());
    if (found === undefined) {
      const near = nearest(
        name,
        named.map(([known]) => known),
      );
      throw new LineError(`${what} has no flag ${name}${near === undefined ? "" : `, did you mean ${near}?`}`);
    }
    value = (value | found[1]) >>> 0;
  }
  return value;
}

function listOf(value: unknown, what: string): string[] {
  if (!Array.isArray(value)) throw new LineError(`${what} is not a list of texts`);
  return value.map((each, index) => textOf(each, `${what}[${index}]`));
}

function addressOf(value: unknown, what: string): ParameterValue {
  if (typeof value === "string" && value.startsWith("/")) return { kind: "unix", path: textOf(value, what) };
  // An abstract name, as `ss` and `lsof` show it.
  if (typeof value === "string" && value.startsWith("@"))
    return { kind: "unix", path: `\0${textOf(value.slice(1), what)}` };
  const endpoint = typeof value === "string" ? endpointOf(value) : undefined;
  if (endpoint === undefined) throw new LineError(`${what} is not an address with a port, nor a path`);
  return { kind: endpoint.address.length === 4 ? "ipv4" : "ipv6", ...endpoint };
}

function tupleOf(value: unknown, what: string): ParameterValue {
  if (typeof value === "string" && value.startsWith("/"))
    return { kind: "unix", source: 0n, destination: 0n, path: textOf(value, what) };
  const [from = "", to = ""] = typeof value === "string" ? value.split("->") : [];
  const source = endpointOf(from);
  const destination = endpointOf(to);
  if (source === undefined || destination === undefined || source.address.length !== destination.address.length)
    throw new LineError(`${what} is not two addresses with ports (10.0.0.1:4000->10.0.0.2:80), nor a path`);
  return {
    kind: source.address.length === 4 ? "ipv4" : "ipv6",
    source: source.address,
    sourcePort: source.port,
    destination: destination.address,
    destinationPort: destination.port,
  };
}

/** `[[3, 1]]`: descriptors and their events. */
function descriptorsOf(value: unknown, what: string): string {
  const pairs = Array.isArray(value) ? value : undefined;
  if (pairs === undefined || pairs.length > 0xffff)
    throw new LineError(`${what} is not a list of [descriptor, events]`);
  const bytes = Buffer.alloc(2 + 10 * pairs.length);
  bytes.writeUInt16LE(pairs.length);
  for (const [index, pair] of pairs.entries()) {
    const [fd, events] = Array.isArray(pair) ? pair.map(wholeOf) : [];
    if (fd === undefined || events === undefined || BigInt.asIntN(32, fd) !== fd || events < 0n || events > 0xffffn)
      throw new LineError(`${what}[${index}] is not [descriptor, events]`);
    bytes.writeBigInt64LE(fd, 2 + 10 * index);
    bytes.writeUInt16LE(Number(events), 10 + 10 * index);
  }
  return bytes.toString("latin1");
}

/** A parameter that can be several things: a number is the first number of its list, a text is the text, a signal's name it. */
function dynamicOf({ flags }: Parameter, value: unknown, what: string): string {
  const signal = flags === "ptrace" && typeof value === "string" ? signalNumber(value) : undefined;
  if (signal !== undefined) return `\x01${String.fromCharCode(signal)}`;
  const whole = wholeOf(value);
  if (whole !== undefined) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, whole));
    return `${flags === "sockopt" ? "\x03" : "\0"}${bytes.toString("latin1")}`;
  }
  if (flags === "keyctl") return `\x01${textOf(value, what)}\0`;
  if (flags === "sockopt") return `\0${textOf(value, what)}`;
  throw new LineError(`${what} is not a number`);
}
