/** IP addresses and networks (k8s.io/apiserver, pkg/cel/library/ip.go and cidr.go), read as Go's net/netip reads them. */
import { type Address, formatAddress, parseAddress } from "../../../core/ip-address.ts";
import { global, type Library, method, type Overload } from "../library.ts";
import type { Opaque } from "../model.ts";
import { Failure, type Meter, spendText } from "../values.ts";

interface Network {
  readonly address: Address;
  readonly prefix: number;
}

const BITS = { 4: 32, 6: 128 } as const;
const TEXT = 64;

/** No zones, and no address of IPv4 within one of IPv6. */
function addressIn(text: string): Address | undefined {
  const address = text.length > TEXT ? undefined : parseAddress(text);
  return address === undefined || (address.family === 4 && text.includes(":")) ? undefined : address;
}

function networkIn(text: string): Network | undefined {
  const slash = text.lastIndexOf("/");
  const address = slash < 0 ? undefined : addressIn(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(digits) || Number(digits) > BITS[address.family])
    return undefined;
  return { address, prefix: Number(digits) };
}

const opaqueAddress = (address: Address): Opaque => ({
  ...{ kind: "opaque", type: "net.IP", key: formatAddress(address), content: address },
});

const opaqueNetwork = (network: Network): Opaque => ({
  ...{ kind: "opaque", type: "net.CIDR", content: network },
  key: `${formatAddress(network.address)}/${network.prefix}`,
});

function ip(text: string, meter: Meter): Opaque | Failure {
  spendText(meter, text.length);
  const address = addressIn(text);
  return address === undefined ? new Failure("invalid text of an IP address") : opaqueAddress(address);
}

function cidr(text: string, meter: Meter): Opaque | Failure {
  spendText(meter, text.length);
  const network = networkIn(text);
  return network === undefined ? new Failure("invalid text of a network in CIDR notation") : opaqueNetwork(network);
}

const addressOf = ({ content }: Opaque) => content as Address;
const networkOf = ({ content }: Opaque) => content as Network;

/** Bits behind the prefix are dropped. */
function masked({ address: { family, value }, prefix }: Network): Network {
  const host = BigInt(BITS[family] - prefix);
  return { address: { family, value: (value >> host) << host }, prefix };
}

function contains(network: Network, { family, value }: Address): boolean {
  const host = BigInt(BITS[network.address.family] - network.prefix);
  return network.address.family === family && network.address.value >> host === value >> host;
}

function containsNetwork(outer: Network, inner: Network): boolean {
  return outer.prefix <= inner.prefix && contains(outer, inner.address);
}

const isLoopback = ({ family, value }: Address) => (family === 4 ? value >> 24n === 127n : value === 1n);
const isLinkLocalUnicast = ({ family, value }: Address) =>
  family === 4 ? value >> 16n === 0xa9fen : value >> 118n === 0x3fan;
const isLinkLocalMulticast = ({ family, value }: Address) =>
  family === 4 ? value >> 8n === 0xe00000n : ((value >> 112n) & 0xff0fn) === 0xff02n;
const isMulticast = ({ family, value }: Address) => (family === 4 ? value >> 28n === 0xen : value >> 120n === 0xffn);

/** As Go has it: neither of these, nor broadcast; private addresses are. */
function isGlobalUnicast(address: Address): boolean {
  const { family, value } = address;
  if (value === 0n || (family === 4 && value === 0xffffffffn)) return false;
  return !isLoopback(address) && !isMulticast(address) && !isLinkLocalUnicast(address);
}

function about(name: string, holds: (address: Address) => boolean): Overload {
  return method(name, ["net.IP"], (address) => holds(addressOf(address)));
}

export const addresses: Library = {
  types: ["net.IP", "net.CIDR"],
  overloads: [
    global("ip", ["string"], ip),
    global("isIP", ["string"], (text, meter) => !(ip(text, meter) instanceof Failure)),
    global("ip.isCanonical", ["string"], (text, meter) => {
      const address = ip(text, meter);
      return address instanceof Failure ? address : address.key === text;
    }),
    global("string", ["net.IP"], ({ key }) => key),
    method("family", ["net.IP"], (address) => BigInt(addressOf(address).family)),
    about("isUnspecified", ({ value }) => value === 0n),
    about("isLoopback", isLoopback),
    about("isLinkLocalMulticast", isLinkLocalMulticast),
    about("isLinkLocalUnicast", isLinkLocalUnicast),
    about("isGlobalUnicast", isGlobalUnicast),
    global("cidr", ["string"], cidr),
    global("isCIDR", ["string"], (text, meter) => !(cidr(text, meter) instanceof Failure)),
    global("string", ["net.CIDR"], ({ key }) => key),
    method("containsIP", ["net.CIDR", "net.IP"], (network, address) =>
      contains(networkOf(network), addressOf(address)),
    ),
    method("containsIP", ["net.CIDR", "string"], (network, text, meter) => {
      const address = ip(text, meter);
      return address instanceof Failure ? address : contains(networkOf(network), addressOf(address));
    }),
    method("containsCIDR", ["net.CIDR", "net.CIDR"], (outer, inner) =>
      containsNetwork(networkOf(outer), networkOf(inner)),
    ),
    method("containsCIDR", ["net.CIDR", "string"], (outer, text, meter) => {
      const inner = cidr(text, meter);
      return inner instanceof Failure ? inner : containsNetwork(networkOf(outer), networkOf(inner));
    }),
    method("ip", ["net.CIDR"], (network) => opaqueAddress(networkOf(network).address)),
    method("prefixLength", ["net.CIDR"], (network) => BigInt(networkOf(network).prefix)),
    method("masked", ["net.CIDR"], (network) => opaqueNetwork(masked(networkOf(network)))),
  ],
};
