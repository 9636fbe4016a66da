/** How sockets are called in `fd.name`. */
import { formatAddress } from "../../../core/ip-address.ts";
import type { Descriptor, Endpoint } from "./descriptor.ts";

/** An IPv4 address in 16 bytes, and the address of nothing, which counts as IPv4 too. */
export function isMapped(address: string): boolean {
  if (address.length !== 16 || !address.startsWith("\0\0\0\0\0\0\0\0\0\0")) return false;
  const before = address.slice(10, 12);
  return before === "\xff\xff" || address.endsWith("\0\0\0\0\0\0");
}

/** The last four bytes of an address of 16. */
export function unmapped(address: string): string {
  return address.slice(12);
}

/** True for 0.0.0.0 and `::`. */
export function isNowhere(address: string): boolean {
  for (let index = 0; index < address.length; index++) if (address.charCodeAt(index) !== 0) return false;
  return true;
}

const mostRemembered = 1_024;
const remembered = new Map<string, string>();

/** An address of 4 or 16 bytes as text, IPv4 within IPv6 as `::ffff:10.0.0.1`. */
export function addressText(address: string): string {
  if (address.length === 4) {
    return `${address.charCodeAt(0)}.${address.charCodeAt(1)}.${address.charCodeAt(2)}.${address.charCodeAt(3)}`;
  }
  if (address.length !== 16) return "<unknown>";
  let text = remembered.get(address);
  if (text !== undefined) return text;
  text = address.startsWith("\0\0\0\0\0\0\0\0\0\0\xff\xff")
    ? `::ffff:${addressText(unmapped(address))}`
    : formatAddress({ family: 6, value: BigInt(`0x${Buffer.from(address, "latin1").toString("hex")}`) });
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(address, text);
  return text;
}

/** `10.0.0.1:80` */
export function endpointText(address: string, port: number): string {
  return `${addressText(address)}:${port}`;
}

/** `10.0.0.1:4000->10.0.0.2:80`: who asked comes first. Without ports for what has none. */
export function connectionName(descriptor: Descriptor): string {
  const { local, remote, role, protocol } = descriptor;
  const client = role === "server" ? remote : local;
  const server = role === "server" ? local : remote;
  const withPorts = protocol !== "icmp" && protocol !== "raw";
  return `${end(client, descriptor, withPorts)}->${end(server, descriptor, withPorts)}`;
}

function end(endpoint: Endpoint | undefined, { kind }: Descriptor, withPort: boolean): string {
  const address = endpoint?.address ?? (kind === "ipv6" ? "\0".repeat(16) : "\0\0\0\0");
  return withPort ? endpointText(address, endpoint?.port ?? 0) : addressText(address);
}
