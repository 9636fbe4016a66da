/** How ports are written: `8080`, `8080/UDP`, `8000-8010`, `80,443`, `http`, `*`. */
import { type Protocol, protocols } from "../port-set.ts";
import { bounds } from "./bounds.ts";
import { Mistake } from "./peer-syntax.ts";

export interface PortTerm {
  readonly text: string;
  readonly protocol: Protocol;
  readonly ports: readonly PortEntry[];
}

/** By number, both ends in it; or by the name that the destination gives it. */
export type PortEntry = { readonly first: number; readonly last: number } | { readonly name: string };

const FORMS = "8080, 8080/UDP, 8000-8010, 80,443, http or */UDP";
/** IANA service names, as Kubernetes takes them for ports (RFC 6335, section 5.1). */
const NAME = /^(?=[a-z0-9-]{0,14}[a-z])[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/i;

/** TCP where no protocol is written. @throws Mistake */
export function parsePorts(text: string): PortTerm {
  const trimmed = text.trim();
  const slash = trimmed.indexOf("/");
  const written = slash < 0 ? "TCP" : trimmed.slice(slash + 1).trim();
  const protocol = protocols.find((one) => one.toLowerCase() === written.toLowerCase());
  if (protocol === undefined || protocol === "other") {
    const known = protocols.filter((one) => one !== "other").join(", ");
    throw new Mistake(`unknown protocol ${JSON.stringify(written)}`, `one of ${known}`);
  }
  const entries = (slash < 0 ? trimmed : trimmed.slice(0, slash)).split(",");
  if (entries.length > bounds.portEntries) throw new Mistake(`more than ${bounds.portEntries} ports`);
  return { text: trimmed, protocol, ports: entries.map((entry) => parseEntry(entry.trim(), protocol)) };
}

function parseEntry(text: string, protocol: Protocol): PortEntry {
  const isIcmp = protocol === "ICMP" || protocol === "ICMPv6";
  const most = isIcmp ? 255 : 65_535;
  if (text === "*") return { first: 0, last: most };
  const [, from, to] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(text) ?? [];
  if (from === undefined) {
    if (NAME.test(text) && !isIcmp) return { name: text };
    throw new Mistake(`${JSON.stringify(text)} is not a port`, `write ${FORMS}`);
  }
  const first = Number(from);
  const last = to === undefined ? first : Number(to);
  if (first > most || last > most || (first === 0 && !isIcmp)) {
    throw new Mistake(`${JSON.stringify(text)} is not a port`, `ports are 1 to ${most}`);
  }
  if (last < first) throw new Mistake(`the range ${text} ends before it begins`, `write ${last}-${first}`);
  return { first, last };
}
