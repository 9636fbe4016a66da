/** Policies for what was read, made and proven in memory; nothing is written. */
import { readObservedFiles } from "../../collect/network/observed.ts";
import { usageProblem } from "../../core/problem.ts";
import { parseCidr } from "../../engines/reachability/addresses.ts";
import type { Network } from "../../engines/reachability/model.ts";
import type { Observed } from "../../engines/reachability/observed/model.ts";
import { type GeneratedSet, type GenerateOptions, generatePolicies } from "../../fix/network/generate.ts";
import type { ApiServer } from "../../fix/network/model.ts";

export interface GenerateRequest extends Pick<GenerateOptions, "namespaces" | "egress" | "egressMode" | "meshMode"> {
  /** `10.0.0.1:6443`, `[fd00::1]`. */
  readonly apiServer: readonly string[];
  /** `ingress-nginx`, `ingress-nginx:app=controller`. */
  readonly ingressFrom: readonly string[];
  readonly proxy?: string;
  /** Files of observed connections. */
  readonly observed: readonly string[];
}

export interface GeneratedNetwork extends GeneratedSet {
  readonly observed?: Observed;
}

/** @throws Problem (usage) for what cannot be understood, `network.observed` */
export async function generateNetwork(
  { manifests, settings }: Network,
  request: GenerateRequest,
): Promise<GeneratedNetwork> {
  const observed = request.observed.length === 0 ? undefined : await readObservedFiles(request.observed);
  // What was not listed is told apart: the proof is about what was read.
  const read = { ...manifests, gaps: manifests.gaps.filter(({ lists }) => lists === undefined) };
  const set = generatePolicies(read, {
    ...request,
    settings,
    apiServer: request.apiServer.map(apiServerOf),
    ingressFrom: request.ingressFrom.map((text) => podsAt("--ingress-from", text)),
    proxy: { labels: {}, ...podsAt("--proxy", request.proxy ?? "egress-proxy:app=squid") },
    observed: observed?.connections ?? [],
  });
  return observed === undefined ? set : { ...set, observed };
}

const API_SERVER_PORT = 6443;

function apiServerOf(text: string): ApiServer {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]{1,45})\]|([^[\]]{1,45}?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  // An address of IPv6 without brackets has no port behind it.
  const whole = bracketed === undefined && parseCidr(text) !== undefined;
  const range = parseCidr(whole ? text : (bracketed ?? plain ?? ""));
  const port = whole || portText === undefined ? API_SERVER_PORT : Number(portText);
  if (range === undefined || port < 1 || port > 65_535) {
    throw usageProblem(`--api-server ${text}`, "not an address", "use ADDRESS[:PORT]: 10.0.0.1:6443, [fd00::1]:6443");
  }
  return { range, port };
}

function podsAt(
  option: string,
  text: string,
): { readonly namespace: string; readonly labels?: Record<string, string> } {
  const colon = text.indexOf(":");
  const namespace = colon < 0 ? text : text.slice(0, colon);
  const pairs =
    colon < 0
      ? []
      : text
          .slice(colon + 1)
          .split(",")
          .map((pair) => pair.split("="));
  if (
    !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace) ||
    pairs.some((pair) => pair.length !== 2 || pair[0] === "")
  ) {
    throw usageProblem(`${option} ${text}`, "not a namespace", "use NAMESPACE or NAMESPACE:LABEL=VALUE,…");
  }
  const labels = Object.fromEntries(pairs.map(([label = "", value = ""]) => [label, value]));
  return pairs.length === 0 ? { namespace } : { namespace, labels };
}
