/** What a rule refuses of a connection that it lets through: https://docs.cilium.io/en/latest/security/policy/layer7/ */
import { someOf } from "../../../core/counted.ts";
import { formatFieldPath } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";

interface RequestsContext {
  readonly direction: "ingress" | "egress";
  readonly readsRequests: boolean;
  refuse(reason: string): void;
}

const SHOWN = 3;

/** @param entry - of toPorts */
export function narrowingOf(context: RequestsContext, entry: Fields): string | undefined {
  const { refuse, direction } = context;
  const path = formatFieldPath(entry.path());
  const rules = entry.fields("rules");
  const listener = entry.fields("listener");
  const serverNames = entry.strings("serverNames");
  const requests = rules === undefined ? undefined : requestsOf(context, entry, rules);
  const isOver = requests !== undefined || serverNames.length > 0 || listener !== undefined;
  if (isOver && !context.readsRequests) refuse(`${path}: enable-l7-proxy is off in cilium-config`);
  if (serverNames.length > 0 && requests !== undefined && !entry.has("terminatingTLS")) {
    refuse(`${path} has serverNames beside rules without terminatingTLS`);
  }
  if (serverNames.includes("")) refuse(`${path}.serverNames has an empty name`);
  if (listener !== undefined && direction === "ingress") refuse(`${path}.listener is not possible for ingress`);
  if (listener !== undefined && requests !== undefined) refuse(`${path} has both a listener and rules`);
  const parts = [
    ...(requests === undefined ? [] : [requests]),
    ...(serverNames.length === 0 ? [] : [`TLS for ${someOf(serverNames, SHOWN)}`]),
    ...(listener === undefined ? [] : [`what the Envoy listener ${listener.string("name") ?? ""} lets through`]),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** Undefined for rules that are empty: they narrow nothing. */
function requestsOf({ refuse, direction }: RequestsContext, entry: Fields, rules: Fields): string | undefined {
  const path = formatFieldPath(rules.path());
  const kinds = ["http", "dns", "kafka", "l7"].filter((kind) => rules.list(kind).length > 0);
  const parser = rules.string("l7proto") ?? "";
  for (const key of rules.keys) {
    if (!["http", "dns", "kafka", "l7", "l7proto"].includes(key)) refuse(`${path}.${key} is not a field of it`);
  }
  if (kinds.length > 1) refuse(`${path} has rules of more than one protocol`);
  const [kind] = kinds;
  if (kind === undefined) return parser === "" ? undefined : `what the parser ${parser} lets through`;
  if (kind === "dns" && direction === "ingress") refuse(`${path}.dns is not possible for ingress`);
  if (kind === "dns" && entry.list("ports").length === 0) refuse(`${path}.dns needs ports`);
  if (kind !== "dns") {
    for (const port of entry.list("ports")) {
      const protocol = port.string("protocol") ?? "";
      if (protocol !== "TCP") refuse(`${path}.${kind} takes ports of TCP only`);
    }
  }
  const items = rules.list(kind);
  if (kind === "http") return someOf(items, SHOWN, httpRequest);
  if (kind === "dns") return `DNS queries for ${someOf(items, SHOWN, dnsName)}`;
  return `${kind === "kafka" ? "Kafka" : parser || "other"} requests that ${items.length} rules name`;
}

function httpRequest(rule: Fields): string {
  const method = rule.string("method") ?? "";
  const target = `${rule.string("host") ?? ""}${rule.string("path") ?? ""}`;
  const headers = rule.list("headerMatches").length + rule.strings("headers").length;
  const said = [method || "any method", target || "any path", ...(headers === 0 ? [] : ["with headers"])];
  return method === "" && target === "" && headers === 0 ? "any HTTP request" : said.join(" ");
}

function dnsName(rule: Fields): string {
  return rule.string("matchName") ?? rule.string("matchPattern") ?? "nothing";
}
