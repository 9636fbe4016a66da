/** Places of alerts as flags and policies write them: `file:PATH`, `https://…`, `syslog+tcp://HOST:PORT`. */
import { usageProblem } from "../../../core/problem.ts";
import type { AlertForm, OutputPlace } from "./model.ts";

export const OUTPUT_FORMS =
  "-, file:PATH, https://URL, syslog+udp://HOST:PORT, syslog+tcp://HOST:PORT or syslog+unix:PATH";

/** Ports that servers have by default: RFC 5426 and, without TLS, what RFC 6587 found in use. */
const PORTS = { udp: 514, tcp: 601 } as const;

/** @throws Problem (usage) for what is no place */
export function placeOf(written: string): OutputPlace {
  const wrong = (cause: string) => usageProblem(`output ${written}`, cause, `use ${OUTPUT_FORMS}`);
  if (written === "-" || written === "stdout") return { kind: "stdout" };
  if (written.startsWith("file:")) {
    const path = written.slice("file:".length);
    if (path === "") throw wrong("no path");
    return { kind: "file", path };
  }
  if (written.startsWith("syslog+unix:")) {
    const path = written.slice("syslog+unix:".length);
    if (path === "") throw wrong("no path");
    return { kind: "syslog", transport: "unix", path };
  }
  const url = URL.parse(written);
  if (url === null) throw wrong("not a place for alerts");
  switch (url.protocol) {
    case "http:":
    case "https:":
      if (url.username !== "" || url.password !== "") throw wrong("has a user in it, which is not sent");
      return { kind: "webhook", url: url.href };
    case "syslog+udp:":
    case "syslog+tcp:": {
      const transport = url.protocol === "syslog+udp:" ? "udp" : "tcp";
      const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
      if (host === "") throw wrong("no host");
      return { kind: "syslog", transport, host, port: url.port === "" ? PORTS[transport] : Number(url.port) };
    }
    default:
      throw wrong("not a place for alerts");
  }
}

/** What the reader of a place takes, where nothing else is said. */
export function usualForm({ kind }: OutputPlace): AlertForm {
  return kind === "syslog" ? "syslog" : kind === "stdout" ? "text" : "alerts";
}

/** Without what a URL may carry beyond its path: tokens are often there. */
export function nameOfPlace(place: OutputPlace): string {
  switch (place.kind) {
    case "stdout":
      return "standard output";
    case "file":
      return `file:${place.path}`;
    case "webhook":
      return new URL(place.url).origin;
    default:
      return place.transport === "unix"
        ? `syslog+unix:${place.path}`
        : `syslog+${place.transport}://${place.host.includes(":") ? `[${place.host}]` : place.host}:${place.port}`;
  }
}
