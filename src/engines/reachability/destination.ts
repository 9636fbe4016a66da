/** What an entry of the policy's `network.egress` names: `api.example.com:443`, `*.example.com`, `203.0.113.0/24:5432`. */
import { type AddressRange, parseCidr } from "./addresses.ts";

export type Destination = { readonly port?: number } & (
  | { readonly kind: "domain"; readonly pattern: string }
  | { readonly kind: "addresses"; readonly ranges: readonly AddressRange[] }
);

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?$/;

/**
 * A name, of which the first label may be `*`; or an address or CIDR, IPv6 in brackets where a port follows. Without a port
 * all of them. Undefined for anything else: `*` alone is no destination.
 */
export function parseDestination(text: string): Destination | undefined {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]{1,49})\]|([^[\]]{1,253}?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const whole = bracketed === undefined && parseCidr(text) !== undefined ? text : (bracketed ?? plain);
  if (whole === undefined) return undefined;
  const port = whole === text || portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const ofPort = port === undefined ? {} : { port };
  const range = parseCidr(whole);
  if (range !== undefined) return { kind: "addresses", ranges: [range], ...ofPort };
  const pattern = whole.toLowerCase().replace(/\.$/, "");
  const labels = pattern.split(".");
  const named = labels[0] === "*" ? labels.slice(1) : labels;
  // The last label of a name is no number (RFC 3696): 1.2.3.256 is a mistake, and no name.
  const isName = named.length > 0 && named.every((label) => LABEL.test(label)) && !/^\d+$/.test(named.at(-1) ?? "");
  return isName && bracketed === undefined ? { kind: "domain", pattern, ...ofPort } : undefined;
}

/** Whether all that the other names is named by this one too. */
export function coversDestination(one: Destination, other: Destination): boolean {
  if (one.port !== undefined && one.port !== other.port) return false;
  if (one.kind === "domain") {
    if (other.kind !== "domain") return false;
    // A `*` stands for one label or more.
    return (
      one.pattern === other.pattern || (one.pattern.startsWith("*.") && other.pattern.endsWith(one.pattern.slice(1)))
    );
  }
  return (
    other.kind === "addresses" &&
    other.ranges.every((inner) =>
      one.ranges.some(
        (outer) => outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last,
      ),
    )
  );
}
