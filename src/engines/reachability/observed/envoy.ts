/**
 * Access logs of Envoy as Istio has them write, in JSON and in its text form (Istio's documentation, "Envoy Access Logs").
 * `kubectl logs --prefix` names the pod that wrote each line.
 */
import type { Untyped } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import type { ObservedEnd, ReadLine } from "./model.ts";
import { textAt } from "./values.ts";

interface AccessLog {
  readonly time?: string;
  readonly flags?: string;
  readonly details?: string;
  readonly upstreamHost?: string;
  readonly upstreamCluster?: string;
  readonly downstreamLocal?: string;
  readonly downstreamRemote?: string;
  readonly serverName?: string;
}

export function isAccessLog(value: Untyped): boolean {
  return Object.hasOwn(value, "upstream_cluster") && Object.hasOwn(value, "downstream_remote_address");
}

export function readJsonAccessLog(value: Untyped, pod: string | undefined): ReadLine {
  const at = (name: string) => {
    const text = textAt(value, name);
    return text === "-" ? undefined : text;
  };
  return connectionOf(
    withoutUndefined({
      time: at("start_time"),
      flags: at("response_flags"),
      details: at("response_code_details"),
      upstreamHost: at("upstream_host"),
      upstreamCluster: at("upstream_cluster"),
      downstreamLocal: at("downstream_local_address"),
      downstreamRemote: at("downstream_remote_address"),
      serverName: at("requested_server_name"),
    }),
    pod,
  );
}

/** Fields of the text form, from 0, quoted ones being one. */
const FIELDS = {
  flags: 3,
  details: 4,
  upstreamHost: 15,
  upstreamCluster: 16,
  downstreamLocal: 18,
  downstreamRemote: 19,
  serverName: 20,
} as const;

/** @returns undefined where the line has another form */
export function readTextAccessLog(line: string, pod: string | undefined): ReadLine | undefined {
  const words = wordsOf(line);
  if (words === undefined || words.length < 21) return undefined;
  const at = (index: number) => (words[index] === "-" ? undefined : words[index]?.slice(0, bounds.observedTextLength));
  const time = words[0];
  if (time === undefined || !/^\d{4}-\d\d-\d\dT/.test(time)) return undefined;
  const values = Object.fromEntries(Object.entries(FIELDS).map(([name, index]) => [name, at(index)]));
  return connectionOf(withoutUndefined({ time, ...values }), pod);
}

/** Words between spaces; `[…]` and `"…"` are one each, with `\"` in them. */
function wordsOf(line: string): string[] | undefined {
  const words: string[] = [];
  let index = 0;
  while (index < line.length && words.length < 40) {
    const first = line[index];
    if (first === " ") {
      index++;
      continue;
    }
    const close = first === '"' ? '"' : first === "[" && words.length === 0 ? "]" : undefined;
    let end = close === undefined ? index : index + 1;
    while (end < line.length && line[end] !== (close ?? " ")) end += close === '"' && line[end] === "\\" ? 2 : 1;
    if (close !== undefined && end >= line.length) return undefined;
    words.push(line.slice(close === undefined ? index : index + 1, end));
    index = end + 1;
  }
  return words;
}

/** Flags of requests that reached nobody: no healthy upstream, no route, failed or refused connections (Envoy's list). */
const NOT_REACHED = new Set(["UH", "UF", "NR", "NC", "UAEX", "RL", "UO", "DPE", "NFCF"]);

function connectionOf(log: AccessLog, pod: string | undefined): ReadLine {
  const { flags = "", details = "", upstreamHost, upstreamCluster = "" } = log;
  if (flags.split(",").some((flag) => NOT_REACHED.has(flag)) || details.startsWith("rbac_access_denied")) {
    return "denied or dropped";
  }
  if (upstreamCluster === "BlackHoleCluster") return "denied or dropped";
  const [direction, , , service] = upstreamCluster.split("|");
  const isInbound = direction === "inbound" || upstreamCluster.startsWith("InboundPassthrough");
  const remote = hostAndPort(log.downstreamRemote);
  const own: ObservedEnd | undefined = pod === undefined ? undefined : { pod };
  const last = log.time === undefined ? {} : { last: log.time };
  if (isInbound) {
    const local = hostAndPort(log.downstreamLocal);
    if (local === undefined) return "no destination";
    if (remote === undefined) return "no direction";
    const to = { ...own, address: local.address };
    return { from: { address: remote.address }, to, protocol: "TCP", port: local.port, portOf: "pod", ...last };
  }
  const host = hostAndPort(upstreamHost);
  if (host === undefined) return "no destination";
  const from = own ?? (remote === undefined ? undefined : { address: remote.address });
  if (from === undefined) return "no direction";
  // SNI of mTLS within the mesh is Istio's own (`outbound_.80_._.api.shop.svc.cluster.local`).
  const stated = direction === "outbound" ? service : log.serverName;
  const name = stated === undefined || stated === "" || stated.includes("_.") ? undefined : stated.toLowerCase();
  const to = { address: host.address, ...(name === undefined ? {} : { name }) };
  return { from, to, protocol: "TCP", port: host.port, portOf: "pod", ...last };
}

/** `10.0.0.1:8080`, `[fd00::1]:8080`. */
function hostAndPort(text: string | undefined): { readonly address: string; readonly port: number } | undefined {
  const colon = text?.lastIndexOf(":") ?? -1;
  if (text === undefined || colon < 0) return undefined;
  const port = Number(text.slice(colon + 1));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  const address = text.slice(0, colon).replace(/^\[|\]$/g, "");
  return address === "" ? undefined : { address, port };
}

function withoutUndefined(values: { readonly [Name in keyof AccessLog]: string | undefined }): AccessLog {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
