/** Needs that workloads' own settings declare: the hosts that their environment, command lines and files name. */
import { formatFieldPath } from "../../kubernetes/model.ts";
import { type AddressRange, parseCidr } from "../addresses.ts";
import { bounds } from "../bounds.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import { metadataServices } from "../metadata-services.ts";
import { type NeedContext, namespaceOf, reachService } from "./context.ts";
import { type HostMention, hostsIn, namesHost, portOf, schemePort } from "./host-names.ts";
import type { NeedKind } from "./model.ts";
import type { KnownService } from "./services.ts";
import { type WorkloadText, workloadTexts } from "./texts.ts";

/** What a text says, and whose it is. */
interface Told {
  readonly pods: PodEndpoint;
  readonly text: WorkloadText;
  readonly mention: HostMention;
}

export function findDeclaredNeeds(context: NeedContext): void {
  const texts = workloadTexts(context.manifests);
  const files = new Map<string, readonly HostMention[]>();
  const outside = new Map<string, Set<string>>();
  let length = 0;

  /** A file is mounted by many. */
  function mentionsOf(text: WorkloadText): readonly HostMention[] {
    if (!text.isFile) return hostsIn(text.text, text.key === undefined ? {} : { key: text.key });
    const { object, field } = text.place;
    const key = `${object.kind} ${namespaceOf(object)}/${object.name} ${formatFieldPath(field)}`;
    const found = files.get(key) ?? hostsIn(text.text, { isFile: true });
    files.set(key, found);
    return found;
  }

  for (const pods of context.pods) {
    for (const text of texts.of(pods.workload)) {
      length += text.isFile ? 0 : text.text.length;
      if (length > bounds.needTextLength) {
        const reason = `more than ${bounds.needTextLength} characters of environments and command lines: the rest is not searched`;
        context.collector.unknown({ code: "network.need.bound", reason });
        return;
      }
      for (const mention of mentionsOf(text)) {
        const told = { pods, text, mention };
        if (mention.isAddress) byAddress(context, told);
        else byName(context, told, (host) => fileHosts(outside, pods, host));
      }
    }
  }
  for (const [workload, hosts] of outside) {
    const [first, ...more] = [...hosts].sort();
    const reason = `mounted files name ${first}${more.length === 0 ? "" : ` and ${more.length} more hosts`} outside the cluster, which are not taken for needs`;
    context.collector.unknown({ code: "network.need.file-host", reason, workload });
  }
}

function fileHosts(outside: Map<string, Set<string>>, { name }: PodEndpoint, host: string): void {
  const hosts = outside.get(name) ?? new Set();
  outside.set(name, hosts);
  if (hosts.size < bounds.gaps) hosts.add(host);
}

function byName(context: NeedContext, told: Told, mentionedInFile: (host: string) => void): void {
  const { pods, text, mention } = told;
  const resolved = context.services.resolve(mention.host, pods.namespace);
  if (resolved.kind === "service") toService(context, told, resolved.service, resolved.isOnePod);
  else if (resolved.kind === "no-service") missing(context, told, `Service ${resolved.namespace}/${resolved.name}`);
  else if (resolved.kind === "host") toHost(context, told, mentionedInFile);
  else if (resolved.kind === "api-server") {
    const reason = { kind: "api-access" as const, text: `${text.says} names the API server`, place: text.place };
    context.collector.need({ kind: "pods", pods }, { kind: "api-server" }, { protocol: "TCP", port: 443 }, reason);
  } else if (isSure(mention) && (mention.scheme !== undefined || namesHost(mention.key))) {
    missing(context, told, `Service ${pods.namespace}/${mention.host}`);
  }
}

/** Whether it can be nothing but a host. */
function isSure({ scheme, port }: HostMention): boolean {
  return scheme !== undefined || port !== undefined;
}

function missing({ collector }: NeedContext, { pods, text }: Told, what: string): void {
  // What no Service is may be part of a secret.
  const reason = text.isSecret
    ? `${text.says} names a Service that was not read`
    : `${text.says} names ${what}, which was not read`;
  collector.unknown({ code: "network.need.no-service", reason, place: text.place, workload: pods.name });
}

function toService(context: NeedContext, told: Told, service: KnownService, isOnePod: boolean): void {
  const { pods, text, mention } = told;
  const about = { says: text.says, place: text.place, workload: pods.name };
  const stated = mention.port ?? schemePort(mention.scheme);
  const behind = service.service.ports.some(({ port }) => port === mention.portBehind) ? mention.portBehind : undefined;
  const isNamed = mention.host.includes(".") || mention.scheme !== undefined || namesHost(mention.key);
  // `redis:7` may be an image: without more it must be a port of the Service, or that has none of its own.
  const isPort =
    stated !== undefined && (service.isHeadless || service.service.ports.some(({ port }) => port === stated));
  if (!isNamed && !isPort && behind === undefined) {
    // `CACHE=redis` may be the Service's name or a word that it was named for.
    if (text.key !== undefined && text.text.trim() === mention.host && !service.pods.includes(pods)) {
      const reason = `${text.says} is ${mention.host}, which may be Service ${service.namespace}/${service.name} or a word`;
      context.collector.unknown({ code: "network.need.word", reason, place: text.place, workload: pods.name });
    }
    return;
  }
  const wanted = stated ?? behind ?? besidePort(told);
  if (service.service.type === "ExternalName") {
    const host = service.service.externalName?.toLowerCase().replace(/\.$/, "");
    const ports = wanted === undefined ? service.service.ports.flatMap(({ port }) => port ?? []) : [wanted];
    if (host !== undefined) {
      for (const port of ports)
        hostNeed(context, told, host, port, `${text.says} names Service ${service.name}, which is ${host}`);
      if (ports.length === 0) noPort(context, told, host);
    }
    return;
  }
  const isOwn = service.pods.includes(pods);
  if (isOwn && !isOnePod && pods.workload.object.kind !== "StatefulSet") {
    const reason = `${text.says} names Service ${service.name} of the workload itself: taken for its own name`;
    context.collector.unknown({ code: "network.need.own-service", reason, place: text.place, workload: pods.name });
    return;
  }
  const kind: NeedKind = isOwn ? "peers" : "service-name";
  for (const { to, protocol, port } of reachService(context, service, wanted, about)) {
    const reason = { kind, text: `${text.says} names Service ${service.namespace}/${service.name}`, place: text.place };
    context.collector.need({ kind: "pods", pods }, to, { protocol, port }, reason);
  }
}

/** `DATABASE_PORT` beside `DATABASE_HOST`. */
function besidePort({ text, mention: { key } }: Told): number | undefined {
  if (key === undefined || !namesHost(key)) return undefined;
  const stem = key.slice(0, Math.max(0, key.lastIndexOf("_")));
  for (const name of [`${stem}_PORT`, `${stem}PORT`, `${key}_PORT`]) {
    const value = text.variable(name);
    const port = value === undefined ? undefined : portOf(value.trim());
    if (port !== undefined) return port;
  }
  return undefined;
}

/** Files that are named like hosts. */
const FILE_ENDINGS = new Set(
  `cfg conf config crt csv db env html ini jar js json key lock log lua md pem pid properties py sh so sock sql tmpl
   tar toml txt xml yaml yml zip gz`.split(/\s+/),
);

/** A name as public ones are: its last label is letters alone. */
function isHostName(host: string, isStated: boolean): boolean {
  const last = host.slice(host.lastIndexOf(".") + 1);
  return (
    host.includes(".") && /^(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/.test(last) && (isStated || !FILE_ENDINGS.has(last))
  );
}

function toHost(context: NeedContext, told: Told, mentionedInFile: (host: string) => void): void {
  const { pods, text, mention } = told;
  if (!isHostName(mention.host, isSure(mention)) || (!isSure(mention) && !namesHost(mention.key))) return;
  if (text.isSecret) {
    if (mention.scheme === undefined || text.isFile) return;
    const reason = `${text.says} names a host outside the cluster, and what Secrets hold is not repeated`;
    context.collector.unknown({ code: "network.need.secret-host", reason, place: text.place, workload: pods.name });
    return;
  }
  const own = context.manifests.ingresses.find(({ hosts }) => hosts.includes(mention.host));
  if (own !== undefined) {
    const reason = `${text.says} names ${mention.host}, the host of Ingress ${own.object.name}: taken for a name of the cluster's own`;
    context.collector.unknown({ code: "network.need.own-host", reason, place: text.place, workload: pods.name });
    return;
  }
  if (text.isFile) {
    if (mention.scheme !== undefined) mentionedInFile(mention.host);
    return;
  }
  const port = mention.port ?? schemePort(mention.scheme) ?? mention.portBehind ?? besidePort(told);
  if (port === undefined) noPort(context, told, mention.host);
  else hostNeed(context, told, mention.host, port, `${text.says} names ${mention.host}`);
}

function hostNeed({ collector }: NeedContext, { pods, text }: Told, host: string, port: number, says: string): void {
  const reason = { kind: "host-name" as const, text: says, place: text.place };
  collector.need({ kind: "pods", pods }, { kind: "host", host }, { protocol: "TCP", port }, reason);
}

function noPort({ collector }: NeedContext, { pods, text }: Told, host: string): void {
  const reason = `${text.says} names ${host}, and not its port`;
  collector.unknown({ code: "network.need.host-port", reason, place: text.place, workload: pods.name });
}

function byAddress(context: NeedContext, told: Told): void {
  const { pods, text, mention } = told;
  const { collector } = context;
  const service = context.services.byAddress(mention.host);
  if (service !== undefined) {
    toService(context, told, service, false);
    return;
  }
  const isStated =
    mention.scheme !== undefined || namesHost(mention.key) || (mention.port !== undefined && !text.isFile);
  const range = isStated && !text.isSecret ? parseCidr(mention.host) : undefined;
  if (range === undefined) return;
  const about = { place: text.place, workload: pods.name };
  const metadata = metadataServices.find(({ address }) => isAt(range, address));
  if (metadata !== undefined) {
    const reason = `${text.says} names ${mention.host}, the ${metadata.name}, which is never allowed unasked`;
    collector.unknown({ code: "network.need.metadata", reason, ...about });
    return;
  }
  const port = mention.port ?? schemePort(mention.scheme) ?? mention.portBehind ?? besidePort(told);
  if (port === undefined) {
    noPort(context, told, mention.host);
    return;
  }
  const reason = { kind: "address" as const, text: `${text.says} names ${mention.host}`, place: text.place };
  const to = { kind: "addresses" as const, name: mention.host, ranges: [range] };
  collector.need({ kind: "pods", pods }, to, { protocol: "TCP", port }, reason);
}

function isAt({ family, first }: AddressRange, address: string): boolean {
  const other = parseCidr(address);
  return other !== undefined && other.family === family && other.first === first;
}
