/** Values as conditions write them, read as their field's type has it. */
import { parseAddress } from "../../../../core/ip-address.ts";
import type { FieldType } from "../../fields/field.ts";
import { FaultError } from "./fault.ts";
import { portOfService } from "./services.ts";

/** A network: the bytes that its addresses have in common, and how many bits of them count. */
export interface Network {
  readonly address: string;
  readonly bits: number;
}

/** Bytes and texts are taken as they are. @throws FaultError */
export function parseText(text: string): string {
  if (text.includes("\0")) throw new FaultError("filter value cannot contain a NUL byte (\\x00)");
  return text;
}

/** `0aff` → the two bytes. @throws FaultError */
export function parseHex(text: string): string {
  if (text.length % 2 !== 0 || !/^[0-9A-Fa-f]*$/.test(text))
    throw new FaultError("bcontains and bstartswith operator support hex strings only");
  return Buffer.from(text, "hex").toString("latin1");
}

/** @throws FaultError */
export function parseNumber(text: string, type: "number" | "big" | "fraction" | "port"): number | bigint {
  parseText(text);
  if (type === "port") return parsePort(text);
  const pattern = type === "fraction" ? /^\s*[+-]?\d+(?:\.\d+)?$/ : /^\s*[+-]?\d+$/;
  if (text.length > 40 || !pattern.test(text)) throw new FaultError(`${text} is not a valid number`);
  if (type === "fraction") return Number(text);
  const value = BigInt(text.trim().replace(/^\+/, ""));
  if (value < -(2n ** 63n) || value >= 2n ** 64n) throw new FaultError(`${text} is not a valid number`);
  return type === "big" || value < -(2n ** 53n) || value > 2n ** 53n ? value : Number(value);
}

function parsePort(text: string): number {
  if (text === "") return 0;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : portOfService(text);
  if (port === undefined || port > 65_535) throw new FaultError(`unrecognized protocol ${text}`);
  return port;
}

/** @throws FaultError */
export function parseBoolean(text: string): boolean {
  if (text !== "true" && text !== "false") throw new FaultError(`unrecognized boolean value ${text}`);
  return text === "true";
}

/** 4 or 16 bytes. @throws FaultError */
export function parseIp(text: string): string {
  const address = parseAddress(text);
  if (address === undefined)
    throw new FaultError(`unrecognized ${text.includes(".") ? "IPv4" : "IPv6"} address ${text}`);
  const digits = address.family === 4 ? 8 : 32;
  return Buffer.from(address.value.toString(16).padStart(digits, "0"), "hex").toString("latin1");
}

/** @throws FaultError */
export function parseNetwork(text: string): Network {
  const [written, mask, ...others] = text.split("/");
  if (mask === undefined || others.length > 0) throw new FaultError(`unrecognized IP network ${text}`);
  const address = parseIp(written ?? "");
  if (!/^\d{1,3}$/.test(mask) || Number(mask) > address.length * 8) throw new FaultError(`invalid netmask ${mask}`);
  return { address, bits: Number(mask) };
}

/** @param address - 4 or 16 bytes; of the other family: false */
export function inNetwork(address: string, network: Network): boolean {
  if (address.length !== network.address.length) return false;
  const whole = network.bits >> 3;
  for (let i = 0; i < whole; i++) if (address.charCodeAt(i) !== network.address.charCodeAt(i)) return false;
  const rest = network.bits & 7;
  if (rest === 0) return true;
  return (address.charCodeAt(whole) ^ network.address.charCodeAt(whole)) >> (8 - rest) === 0;
}

/** How upstream names the type in its messages. */
export const typeNames: Readonly<Record<FieldType, string>> = {
  text: "CHARBUF",
  path: "FSPATH",
  bytes: "BYTEBUF",
  number: "INT64",
  big: "UINT64",
  fraction: "DOUBLE",
  boolean: "BOOL",
  port: "PORT",
  address: "IPADDR",
  network: "IPNET",
};
