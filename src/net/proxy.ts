/**
 * Through which proxy a URL is asked, as Go's http.ProxyFromEnvironment decides it: HTTPS_PROXY for https, HTTP_PROXY for
 * http, NO_PROXY for what is asked directly, each in lower case too. ALL_PROXY is curl's, and not looked at. This machine
 * itself is never asked through a proxy.
 */
import { Problem } from "../core/problem.ts";
import { isOwnHost, parseNoProxy } from "./no-proxy.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface HttpProxy {
  /** http: or https:, without user and password. */
  readonly url: URL;
  /** The value of Proxy-Authorization: it goes to the proxy alone. */
  readonly authorization?: string;
}

/** @throws Problem `net.proxy`, when a URL is asked about whose proxy is named by something that is no proxy's URL */
export type ProxyFor = (url: URL) => HttpProxy | undefined;

export function proxiesOf(environment: Environment): ProxyFor {
  const value = (name: string): { readonly name: string; readonly text: string } | undefined => {
    const found = [name, name.toLowerCase()].find((each) => (environment[each] ?? "") !== "");
    return found === undefined ? undefined : { name: found, text: environment[found] as string };
  };
  const exempts = parseNoProxy(value("NO_PROXY")?.text ?? "");
  return (url) => {
    const secure = url.protocol === "https:";
    const named = value(secure ? "HTTPS_PROXY" : "HTTP_PROXY");
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (named === undefined || isOwnHost(host) || exempts(host, portOf(url))) return undefined;
    // To a program that a web server runs, HTTP_PROXY is the `Proxy` header of whoever asks (CVE-2016-5385).
    if (named.name === "HTTP_PROXY" && environment.REQUEST_METHOD !== undefined) {
      throw refused(named.name, "not taken where REQUEST_METHOD is set: a web server's client may have set it");
    }
    return proxyOf(named.name, named.text);
  };
}

/** As a number in decimal, also where it is the scheme's own. */
export function portOf({ port, protocol }: URL): string {
  return port === "" ? (protocol === "https:" ? "443" : "80") : port;
}

/**
 * @param name - where the text stands, for messages
 * @throws Problem `net.proxy`
 */
export function proxyOf(name: string, text: string): HttpProxy {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  // The value may hold a password: it is not shown.
  if (url === null || url.hostname === "") throw refused(name, "not a proxy URL");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw refused(name, `names a proxy of ${url.protocol.slice(0, 20)}, but only http: and https: are supported`);
  }
  const proxy = { url: new URL(url.origin) };
  if (url.username === "" && url.password === "") return proxy;
  try {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return { ...proxy, authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
  } catch {
    throw refused(name, "its user or password is not well-formed: a percent sign is written %25");
  }
}

function refused(name: string, cause: string): Problem {
  const remedy = "for example http://proxy.example.org:3128; hosts that need none go into NO_PROXY";
  return new Problem({ kind: "usage", code: "net.proxy", place: name, cause, remedy });
}
