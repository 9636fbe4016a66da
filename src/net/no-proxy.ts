/**
 * NO_PROXY: which hosts are asked directly, exactly as Go's golang.org/x/net/http/httpproxy reads it, and so docker,
 * containerd and kubectl do. Entries are separated by commas: `*`, an address, a network in CIDR form, a name (it and
 * all below it), `.name` and `*.name` (all below it); addresses and names may carry a port.
 */
import { isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";

/** @returns whether a host (an address without brackets, or a name) with a port is asked directly */
export type Exempts = (host: string, port: string) => boolean;

type Entry = (host: string, port: string, address: Buffer | undefined) => boolean;

export function parseNoProxy(text: string): Exempts {
  const entries: Entry[] = [];
  for (const each of text.split(",")) {
    const written = each.trim().toLowerCase();
    if (written === "*") return () => true;
    const entry = written === "" ? undefined : entryOf(written);
    if (entry !== undefined) entries.push(entry);
  }
  return (host, port) => {
    const address = addressBytes(host);
    const name = host.trim().toLowerCase();
    return entries.some((entry) => entry(name, port, address));
  };
}

/** This machine itself is never asked through a proxy. */
export function isOwnHost(host: string): boolean {
  const address = addressBytes(host);
  if (address === undefined) return host === "localhost";
  return address.length === 4 ? address[0] === 127 : address.equals(LOOPBACK);
}

const LOOPBACK = Buffer.from([...Buffer.alloc(15), 1]);

function entryOf(written: string): Entry | undefined {
  const network = networkOf(written);
  if (network !== undefined) return (_, __, address) => address !== undefined && isWithin(address, network);
  const { host, port } = splitHostPort(written) ?? { host: written, port: "" };
  if (host === "") return undefined;
  const fits = (asked: string) => port === "" || port === asked;
  const own = addressBytes(host);
  if (own !== undefined) return (_, asked, address) => address?.equals(own) === true && fits(asked);
  const below = host.startsWith("*.") ? host.slice(1) : host;
  const suffix = inAscii(below.startsWith(".") ? below : `.${below}`);
  const itself = below.startsWith(".") ? undefined : suffix.slice(1);
  return (name, asked) => (name.endsWith(suffix) || name === itself) && fits(asked);
}

interface Network {
  readonly address: Buffer;
  readonly bits: number;
}

function networkOf(text: string): Network | undefined {
  const [, host = "", prefix = ""] = /^([^/]+)\/([0-9]{1,6})$/.exec(text) ?? [];
  const address = addressBytes(host);
  if (address === undefined) return undefined;
  const bits = Number(prefix);
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  const mapped = address.length === 4 && host.includes(":");
  if (bits > (mapped || address.length === 16 ? 128 : 32)) return undefined;
  if (!mapped) return { address, bits };
  return bits >= 96 ? { address, bits: bits - 96 } : { address: Buffer.alloc(16), bits };
}

function isWithin(address: Buffer, { address: network, bits }: Network): boolean {
  if (address.length !== network.length) return false;
  const whole = bits >> 3;
  if (!address.subarray(0, whole).equals(network.subarray(0, whole))) return false;
  const mask = (0xff00 >> (bits & 7)) & 0xff;
  return ((address[whole] ?? 0) & mask) === ((network[whole] ?? 0) & mask);
}

/** Four bytes, also of an IPv4 address written as IPv6, or sixteen. */
function addressBytes(text: string): Buffer | undefined {
  if (isIPv4(text)) return Buffer.from(text.split(".").map(Number));
  if (!isIPv6(text) || text.includes("%")) return undefined;
  // In hexadecimal alone, so that there is one way to read it.
  const [head = "", tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  const bytes = Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
  const isMapped = bytes.subarray(0, 10).equals(Buffer.alloc(10)) && bytes.readUInt16BE(10) === 0xffff;
  return isMapped ? bytes.subarray(12) : bytes;
}

/** Go's net.SplitHostPort: `host:port` or `[address]:port`; undefined for everything else. */
function splitHostPort(text: string): { readonly host: string; readonly port: string } | undefined {
  const colon = text.lastIndexOf(":");
  if (colon < 0) return undefined;
  const port = text.slice(colon + 1);
  if (!text.startsWith("[")) {
    const host = text.slice(0, colon);
    return /[:[\]]/.test(host) || /[[\]]/.test(port) ? undefined : { host, port };
  }
  const end = text.indexOf("]");
  const host = text.slice(1, end);
  if (end + 1 !== colon || host.includes("[") || /[[\]]/.test(port)) return undefined;
  // With brackets again inside of them, they count as part of it.
  return { host, port };
}

/** A name that cannot be put into ASCII stays as it is, and fits no host. */
function inAscii(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is what is looked for
  if (/^[\x00-\x7f]*$/.test(name)) return name;
  const ascii = domainToASCII(name.replace(/^\./, ""));
  return ascii === "" ? name : `${name.startsWith(".") ? "." : ""}${ascii}`;
}
