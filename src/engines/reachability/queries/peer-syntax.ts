/** How one end of a connection is written: in assertions, in `network explain` and in options of `network map`. */
import { type AddressRange, parseCidr } from "../addresses.ts";
import { bounds } from "./bounds.ts";

/** What a name asks for; which endpoints those are is told by a network. */
export type PeerTerm = { readonly text: string } & (
  | { readonly kind: "pods" }
  | { readonly kind: "everything" }
  | { readonly kind: "scope"; readonly scope: "internet" | "private" | "metadata" | "outside" }
  /** A pattern. */
  | { readonly kind: "node"; readonly name: string }
  | { readonly kind: "addresses"; readonly range: AddressRange }
  | { readonly kind: "domain"; readonly name: string }
  /** Patterns: `*` stands for any characters. */
  | { readonly kind: "named"; readonly namespace: string; readonly objectKind?: string; readonly name: string }
);

/** A mistake in what the user wrote: the cause, and how it is written right. */
export class Mistake extends Error {
  readonly remedy: string | undefined;

  constructor(cause: string, remedy?: string) {
    super(cause);
    this.remedy = remedy;
  }
}

const SCOPES = ["internet", "private", "metadata", "outside"] as const;
const PART = /^[A-Za-z0-9*][A-Za-z0-9_.*-]{0,252}$/;
const DOMAIN = /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/i;

export const PEER_FORMS =
  "namespace/name, namespace/Kind/name, namespace/*, *, any, internet, private, metadata, outside, node, node/NAME, an address, a CIDR or a domain name";

/**
 * One name: `shop/web`, `shop/Deployment/web`, `shop/*`, `*`, `internet`, `169.254.169.254`, `10.0.0.0/8`, `node`.
 *
 * @throws Mistake
 */
export function parsePeer(text: string): PeerTerm {
  if (text.length > bounds.peerLength) throw new Mistake(`a name of more than ${bounds.peerLength} characters`);
  if (text === "") throw new Mistake("a name is missing", `write ${PEER_FORMS}`);
  if (text === "*") return { text, kind: "pods" };
  if (text === "any") return { text, kind: "everything" };
  const scope = SCOPES.find((one) => one === text);
  if (scope !== undefined) return { text, kind: "scope", scope };
  if (text === "node") return { text, kind: "node", name: "*" };
  const range = parseCidr(text);
  if (range !== undefined) return { text, kind: "addresses", range };
  const parts = text.split("/");
  if (parts.length === 1) {
    if (DOMAIN.test(text) && !/^[\d.]+$/.test(text)) return { text, kind: "domain", name: text.toLowerCase() };
    throw new Mistake(`${JSON.stringify(text)} is not a name`, `write ${PEER_FORMS}`);
  }
  const [namespace = "", second = "", third, ...more] = parts;
  if (more.length > 1 || !parts.every((part) => PART.test(part)) || /^[\d.:]+$/.test(namespace)) {
    throw new Mistake(`${JSON.stringify(text)} is not a name`, `write ${PEER_FORMS}`);
  }
  if (namespace === "node" && third === undefined) return { text, kind: "node", name: second };
  if (third === undefined) return { text, kind: "named", namespace, name: second };
  return { text, kind: "named", namespace, objectKind: second, name: [third, ...more].join("/") };
}

/** A name, or several within braces: `{shop/web, shop/api}`. @throws Mistake */
export function parsePeers(text: string): readonly PeerTerm[] {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{")) return [parsePeer(trimmed)];
  if (!trimmed.endsWith("}")) throw new Mistake("a brace is not closed", "write {shop/web, shop/api}");
  const names = trimmed.slice(1, -1).split(",");
  if (names.length > bounds.setNames) throw new Mistake(`more than ${bounds.setNames} names in one set`);
  return names.map((name) => parsePeer(name.trim()));
}

/** Whether a text is one that the pattern stands for; linear in both lengths but for one `*` at a time. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (!pattern.includes("*")) return pattern === text;
  const pieces = pattern.split("*");
  const first = pieces[0] as string;
  const last = pieces.at(-1) as string;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
