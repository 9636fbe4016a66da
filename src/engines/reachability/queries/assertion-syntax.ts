/** Files of assertions: `allow shop/web -> shop/api:8080`, one a line. docs/network.md has the grammar. */
import { parseCidr } from "../addresses.ts";
import { bounds } from "./bounds.ts";
import { Mistake, type PeerTerm, parsePeers } from "./peer-syntax.ts";
import { type PortTerm, parsePorts } from "./port-syntax.ts";

export interface Assertion {
  readonly verb: "allow" | "deny";
  readonly from: readonly PeerTerm[];
  readonly to: readonly PeerTerm[];
  /** Absent: every port of every protocol. */
  readonly ports?: PortTerm;
  /** As it was written, without the comment. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

export interface LineMistake {
  readonly line: number;
  readonly text: string;
  readonly cause: string;
  readonly remedy?: string;
}

export interface ParsedAssertions {
  readonly assertions: readonly Assertion[];
  readonly mistakes: readonly LineMistake[];
}

const FORM = "write allow shop/web -> shop/api:8080, or deny shop/* -> internet";

/** Reads them all; a line that is wrong is among the mistakes. */
export function parseAssertions(text: string): ParsedAssertions {
  const assertions: Assertion[] = [];
  const mistakes: LineMistake[] = [];
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  for (const [index, written] of lines.entries()) {
    const line = index + 1;
    if (mistakes.length >= bounds.mistakes) break;
    const shown = written.length > 200 ? `${written.slice(0, 200)}…` : written.trim();
    try {
      if (written.length > bounds.lineLength) throw new Mistake(`more than ${bounds.lineLength} characters`);
      const bare = withoutComment(written).trim();
      if (bare === "") continue;
      if (assertions.length >= bounds.assertions) throw new Mistake(`more than ${bounds.assertions} assertions`);
      assertions.push(parseAssertion(bare, line));
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      const { message: cause, remedy } = error;
      mistakes.push({ line, text: shown, cause, ...(remedy === undefined ? {} : { remedy }) });
      if (assertions.length >= bounds.assertions) break;
    }
  }
  return { assertions, mistakes };
}

/** No name has the sign in it. */
function withoutComment(line: string): string {
  const at = line.indexOf("#");
  return at < 0 ? line : line.slice(0, at);
}

/** @throws Mistake */
export function parseAssertion(text: string, line: number): Assertion {
  const [, verb] = /^(allow|deny)(?=\s)/.exec(text) ?? [];
  if (verb !== "allow" && verb !== "deny") {
    const [word = ""] = text.split(/\s/, 1);
    throw new Mistake(`${JSON.stringify(word.slice(0, 40))} is neither allow nor deny`, FORM);
  }
  const ends = text.slice(verb.length).split(/->|→/);
  if (ends.length !== 2) throw new Mistake(ends.length < 2 ? "no arrow" : "more than one arrow", FORM);
  const [from = "", to = ""] = ends;
  const { peers, ports } = splitPorts(to.trim());
  return {
    verb,
    from: parsePeers(from),
    to: parsePeers(peers),
    ...(ports === undefined ? {} : { ports: parsePorts(ports) }),
    text,
    line,
  };
}

/** `shop/api:8080`, `{shop/api, shop/db}:443`, `[fd00::1]:443`, `10.0.0.0/8:53/UDP`; an address of IPv6 has colons of its own. */
export function splitPorts(text: string): { readonly peers: string; readonly ports?: string } {
  const [, bracketed, behind] = /^\[([^\]]*)\]\s*(?::(.*))?$/.exec(text) ?? [];
  if (bracketed !== undefined) return { peers: bracketed.trim(), ...(behind === undefined ? {} : { ports: behind }) };
  const closing = text.startsWith("{") ? text.lastIndexOf("}") : -1;
  if (closing < 0 && parseCidr(text) !== undefined) return { peers: text };
  const colon = text.indexOf(":", Math.max(closing, 0));
  if (colon < 0) return { peers: text };
  return { peers: text.slice(0, colon).trim(), ports: text.slice(colon + 1) };
}
