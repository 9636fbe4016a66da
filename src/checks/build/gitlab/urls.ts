/** Addresses in pipelines. */
import { isLocal } from "../dockerfile/downloads.ts";

/** Of a URL; undefined where there is none, or a variable holds it. */
export function hostOf(url: string): string | undefined {
  const [, host = ""] = /^[a-z][a-z0-9+.-]{0,30}:\/\/(?:[^/@\s]{0,512}@)?([^/:?#\s]{1,253})/i.exec(url) ?? [];
  return host === "" || host.includes("$") ? undefined : host.toLowerCase();
}

export interface PlainUrl {
  readonly scheme: "http" | "ftp";
  readonly host: string;
  /** Of a private network, by its address or name. */
  readonly isPrivate: boolean;
}

const PRIVATE =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|\.(?:local|internal|corp|lan|home|test|svc|cluster\.local)$|^[^.]+$/i;

/** The first address without TLS in the text; undefined where there is none, or it is this machine's. */
export function plainUrl(text: string): PlainUrl | undefined {
  const at = text.search(/(?:^|[^a-z])(?:http|ftp):\/\//i);
  if (at < 0) return undefined;
  const url = text.slice(at).replace(/^[^a-z]/i, "");
  const host = hostOf(url);
  if (host === undefined || isThisMachine(host)) return undefined;
  return { scheme: /^http/i.test(url) ? "http" : "ftp", host, isPrivate: PRIVATE.test(host) };
}

function isThisMachine(host: string): boolean {
  return host.includes(".") || host.startsWith("[")
    ? /^127\./.test(host) && isLocal(`http://${host}`)
    : host === "localhost";
}
