/** Addresses with ports as people write them: `10.0.0.1:443`, `[::1]:80`. */
import { parseAddress } from "../../../core/ip-address.ts";
import type { Endpoint } from "../state/thread.ts";
import { addressText } from "../types/addresses.ts";

/** Bytes of an address; undefined for what is none. An IPv4 address in IPv6 stays one of IPv6. */
export function addressBytes(text: string): string | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const isMapped = address.family === 4 && text.includes(":");
  const size = address.family === 4 && !isMapped ? 4 : 16;
  const value = isMapped ? address.value | (0xffffn << 32n) : address.value;
  return Buffer.from(value.toString(16).padStart(2 * size, "0"), "hex").toString("latin1");
}

/** `10.0.0.1:443` or `[::1]:443`; undefined for what is none. */
export function endpointOf(text: string): Endpoint | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const address = addressBytes(bracketed ?? plain ?? "");
  const port = Number(digits);
  return address === undefined || port > 65_535 ? undefined : { address, port };
}

export function endpointWritten({ address, port }: Endpoint): string {
  return address.length === 4 ? `${addressText(address)}:${port}` : `[${addressText(address)}]:${port}`;
}
