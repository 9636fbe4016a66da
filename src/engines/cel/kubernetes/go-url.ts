/**
 * URLs as Go's net/url reads them (ParseRequestURI, then Parse), which Kubernetes takes for its `url()` and for the format
 * `uri`: an absolute URI or an absolute path. JavaScript's own reader repairs what Go refuses.
 */
import { parseAddress } from "../../../core/ip-address.ts";

export interface GoUrl {
  /** In lower case; empty where it has none, as in all of these. */
  readonly scheme: string;
  /** What is before the `@`, as written. */
  readonly user: string;
  /** With its port; of IPv6 in brackets. */
  readonly host: string;
  /** As `EscapedPath()` gives it. */
  readonly path: string;
  /** Behind the colon of a URI without slashes. */
  readonly opaque: string;
  /** As written. */
  readonly query: string;
  readonly fragment: string;
}

/** Characters of one URL. */
const LENGTH = 16 * 1024;

/** The URL, or why it is none in a few words. */
export function parseGoUrl(text: string): GoUrl | string {
  if (text === "") return "empty";
  if (text.length > LENGTH) return `longer than ${LENGTH} characters`;
  if (hasControl(text)) return "a control character";
  // ParseRequestURI knows no fragment: the whole text must do.
  const strict = parsed(text, "", true);
  if (typeof strict === "string") return strict;
  const hash = text.indexOf("#");
  return hash < 0 ? strict : parsed(text.slice(0, hash), text.slice(hash + 1), false);
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit === 0x7f) return true;
  }
  return false;
}

function parsed(text: string, fragment: string, isRequest: boolean): GoUrl | string {
  if (text.startsWith(":")) return "no scheme before the colon";
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? "";
  const [rest = "", query = ""] = cut(scheme === "" ? text : text.slice(scheme.length + 1), "?");
  const url = { scheme: scheme.toLowerCase(), user: "", host: "", path: "", opaque: "", query, fragment };
  if (text === "*") return { ...url, path: "*" };
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...url, opaque: rest };
    if (isRequest) return "neither an absolute URI nor an absolute path";
    if (/^[^/]*:/.test(rest)) return "a colon in the first segment of its path";
  }
  const hasAuthority = rest.startsWith("//") && (scheme !== "" || (!isRequest && !rest.startsWith("///")));
  if (!hasAuthority) return withPath(url, rest);
  const slash = rest.indexOf("/", 2);
  const authority = rest.slice(2, slash < 0 ? undefined : slash);
  const at = authority.lastIndexOf("@");
  const user = authority.slice(0, Math.max(0, at));
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user) || unescaped(user) === undefined)
    return "invalid user information";
  const host = hostOf(authority.slice(at + 1));
  if (host === undefined) return "an invalid host or port";
  return withPath({ ...url, user, host }, slash < 0 ? "" : rest.slice(slash));
}

function cut(text: string, sign: string): readonly [string, string] {
  const at = text.indexOf(sign);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function withPath(url: GoUrl, written: string): GoUrl | string {
  const bytes = unescaped(written);
  if (bytes === undefined) return "an invalid escape in its path";
  // As written where that is a valid escaping, else escaped anew.
  const isValid = /^[A-Za-z0-9\-_.~!$&'()*+,;=:@[\]%/]*$/.test(written);
  return { ...url, path: isValid ? written : escapedPath(bytes) };
}

function escapedPath(bytes: Buffer): string {
  let text = "";
  for (const byte of bytes) {
    const sign = String.fromCharCode(byte);
    text += /[A-Za-z0-9\-_.~$&+,/:;=@]/.test(sign) ? sign : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return text;
}

/** Undefined where an escape is none. */
function unescaped(text: string): Buffer | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  const parts = text.split(/(%[0-9A-Fa-f]{2})/);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 1 ? Buffer.from(part.slice(1), "hex") : Buffer.from(part))),
  );
}

const PORT = /^(?::\d*)?$/;

function hostOf(text: string): string | undefined {
  if (text.startsWith("[")) {
    const end = text.lastIndexOf("]");
    if (end < 0 || !PORT.test(text.slice(end + 1))) return undefined;
    const [address = "", zone] = text.slice(1, end).split("%25");
    if (!address.includes(":") || parseAddress(address) === undefined) return undefined;
    return zone === undefined ? text : `[${address}%${unescaped(zone)?.toString("utf8") ?? ""}]${text.slice(end + 1)}`;
  }
  const colon = text.lastIndexOf(":");
  if (colon >= 0 && !PORT.test(text.slice(colon))) return undefined;
  // Escapes are of bytes beyond ASCII alone.
  if (/%(?![89A-Fa-f][0-9A-Fa-f]|25)/.test(text) || /[ #/?@\\^`{|}]/.test(text)) return undefined;
  return unescaped(text)?.toString("utf8");
}

/** Without port and brackets. */
export function hostnameOf({ host }: GoUrl): string {
  const colon = host.lastIndexOf(":");
  const name = colon >= 0 && PORT.test(host.slice(colon)) ? host.slice(0, colon) : host;
  return name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
}

export function portOf({ host }: GoUrl): string {
  const colon = host.lastIndexOf(":");
  return colon >= 0 && PORT.test(host.slice(colon)) ? host.slice(colon + 1) : "";
}

/** Values by key, unescaped; what cannot be is left out, as Go's `Query()` does. */
export function queryOf({ query }: GoUrl): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const part of query.split("&")) {
    if (part === "" || part.includes(";")) continue;
    const [key, value] = cut(part, "=").map((each) => unescaped(each.replaceAll("+", " "))?.toString("utf8"));
    if (key === undefined || value === undefined) continue;
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values;
}
