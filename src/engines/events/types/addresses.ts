/** Names of connections, as `fd.name` shows them: `10.0.0.1:4000->10.0.0.2:80`. Addresses are byte strings of 4 or 16. */
import { formatAddress } from "../../../core/ip-address.ts";

const MAPPED = "\0\0\0\0\0\0\0\0\0\0\xff\xff";

/** An IPv4 address in IPv6 as the IPv4 address that it is; every other as it is. */
export function unmapped(address: string): string {
  return address.length === 16 && address.startsWith(MAPPED) ? address.slice(12) : address;
}

export function addressText(address: string): string {
  if (address.length === 4)
    return `${address.charCodeAt(0)}.${address.charCodeAt(1)}.${address.charCodeAt(2)}.${address.charCodeAt(3)}`;
  return formatAddress({ family: 6, value: BigInt(`0x${Buffer.from(address, "latin1").toString("hex")}`) });
}

/** `10.0.0.1:80`; `::1:80` for IPv6, as Falco has it. */
export function endpointText(address: string, port: number): string {
  return `${addressText(address)}:${port}`;
}

/** `10.0.0.1:4000->10.0.0.2:80` */
export function connectionText(
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
): string {
  return `${endpointText(source, sourcePort)}->${endpointText(destination, destinationPort)}`;
}
