/**
 * Policies enforced for real: each pod, node and outside address is a network namespace around a router with the ruleset of
 * nftables.ts, and each probe is a TCP connection, a UDP datagram and its echo, an SCTP INIT, or an ICMP echo, sent from one
 * to the other.
 *
 *     const missing = cannotEnforce();                 // a reason to skip the test, or undefined
 *     const results = await enforce(objects, [
 *       { from: { pod: "shop/web" }, to: { pod: "shop/api" }, protocol: "TCP", port: 8080 },
 *     ]);                                              // [{ probe, family: 4, reached: true }, …]
 *
 * A probe without a family is tried in each that both ends have, and gives a result for each. Pods need their address in
 * status, nodes theirs; a hostNetwork pod is its node. Nothing of the machine's own network is touched: the router is in a
 * network namespace of its own, and all of them end with the process that holds them.
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { SocketAddress } from "node:net";
import { join } from "node:path";
import { askInNamespace } from "./in-namespace.ts";
import { type Interface, nftablesRuleset } from "./nftables.ts";

type Fields = Record<string, unknown>;
type End = { readonly pod: string } | { readonly node: string } | { readonly address: string };

export interface Probe {
  readonly from: End;
  readonly to: End;
  readonly protocol: "TCP" | "UDP" | "SCTP" | "ICMP";
  readonly port?: number;
  readonly family?: 4 | 6;
}

export interface Enforced {
  readonly probe: Probe;
  readonly family: 4 | 6;
  readonly reached: boolean;
}

/** A network of namespaces with its probes takes seconds; one that hangs ends so. */
const MOST_MILLISECONDS = 120_000;

const field = (object: unknown, key: string): unknown => (object as Fields | undefined)?.[key];

/** Root has its own; anybody else may have them where the system lets users make namespaces. */
const OWN_NETWORK = process.getuid?.() === 0 ? ["--net"] : ["--user", "--map-root-user", "--net"];

/** Debian keeps `nft` and `ip` where only root's path leads. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** Why nothing can be enforced here, or undefined. */
export function cannotEnforce(): string | undefined {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  for (const [program = "", ...args] of [
    ["nft", "--version"],
    ["ip", "-Version"],
    ["python3", "--version"],
  ]) {
    if (spawnSync(program, args, { env }).status !== 0) return `${program} is not installed`;
  }
  if (!existsSync("/proc/net/if_inet6")) return "the kernel has no IPv6";
  const tried = spawnSync("unshare", [...OWN_NETWORK, "nft", "-f", "-"], {
    input: "table inet tried {\n chain refuse {\n meta nfproto ipv6 reject with icmpx admin-prohibited\n }\n}\n",
    encoding: "utf8",
    env,
  });
  if (tried.error || tried.status !== 0) {
    return `no network namespace with nf_tables: ${tried.error?.message ?? tried.stderr.trim().split("\n")[0]}`;
  }
  return undefined;
}

/** @throws Error for an end without an address, and where a probe neither arrives nor is refused */
export async function enforce(objects: readonly Fields[], probes: readonly Probe[]): Promise<Enforced[]> {
  const interfaces: Interface[] = [];
  const numbers = new Map<string, number>();
  const attach = (key: string, texts: readonly string[], end: Interface["end"]): void => {
    const addresses = texts.map(written);
    // An address of a pod or node is that pod or node.
    for (const each of [key, ...addresses.map((address) => `address ${address}`)]) numbers.set(each, interfaces.length);
    interfaces.push({ name: `end${interfaces.length}`, addresses, end });
  };
  const hosts = new Map<string, string>();
  for (const object of objects) {
    const name = String(field(object.metadata, "name"));
    const id = `${String(field(object.metadata, "namespace") ?? "default")}/${name}`;
    if (object.kind === "Node") attach(`node ${name}`, nodeAddresses(object), { node: object });
    if (object.kind !== "Pod") continue;
    if (field(object.spec, "hostNetwork") === true) hosts.set(id, String(field(object.spec, "nodeName")));
    else attach(`pod ${id}`, podAddresses(object, id), { pod: object });
  }
  const keyOf = (end: End): string => {
    if ("node" in end) return `node ${end.node}`;
    if ("pod" in end) return hosts.has(end.pod) ? `node ${hosts.get(end.pod)}` : `pod ${end.pod}`;
    return `address ${written(end.address)}`;
  };
  for (const { from, to } of probes) {
    for (const end of [from, to]) {
      if ("address" in end && !numbers.has(keyOf(end))) attach(keyOf(end), [end.address], undefined);
    }
  }
  const placed = probes.flatMap((probe) => placesOf(probe, (end) => numbers.get(keyOf(end)), interfaces));
  const portsOf = (protocol: string) => [
    ...new Set(probes.flatMap((probe) => (probe.protocol === protocol && probe.port ? [probe.port] : []))),
  ];
  const answers = await send({
    ends: interfaces.map(({ addresses }) => addresses),
    ruleset: nftablesRuleset(objects, interfaces),
    ports: { TCP: portsOf("TCP"), UDP: portsOf("UDP") },
    probes: placed.map(({ from, to, probe }) => [from, to, probe.protocol, probe.port ?? null]),
  });
  return placed.map(({ probe, family }, index) => ({ probe, family, reached: answers[index] === true }));
}

/** An address in its one way of writing. */
function written(address: string): string {
  return new SocketAddress({ address, family: address.includes(":") ? "ipv6" : "ipv4" }).address;
}

function podAddresses(pod: Fields, id: string): string[] {
  const ips = field(pod.status, "podIPs");
  const listed = Array.isArray(ips) ? ips.map((each) => String(field(each, "ip"))) : [];
  const first = field(pod.status, "podIP");
  const all = [...new Set([...(typeof first === "string" ? [first] : []), ...listed])];
  if (all.length === 0) throw new Error(`pod ${id} has no address in its status`);
  return all;
}

function nodeAddresses(node: Fields): string[] {
  const listed = field(node.status, "addresses");
  return (Array.isArray(listed) ? listed : [])
    .filter((each) => field(each, "type") === "InternalIP" || field(each, "type") === "ExternalIP")
    .map((each) => String(field(each, "address")));
}

/** In each family of the probe: from which end and address to which. */
function placesOf(probe: Probe, numberOf: (end: End) => number | undefined, interfaces: readonly Interface[]) {
  const place = (end: End, family: 4 | 6) => {
    // Who is asked for by an address is asked at that one.
    if ("address" in end && end.address.includes(":") !== (family === 6)) return undefined;
    const number = numberOf(end);
    const found = interfaces[number ?? -1];
    if (number === undefined || !found) throw new Error(`no such end: ${JSON.stringify(end)}`);
    const address = found.addresses.find((each) => each.includes(":") === (family === 6));
    return address === undefined ? undefined : ([number, address] as const);
  };
  const families = probe.family === undefined ? ([4, 6] as const) : [probe.family];
  return families.flatMap((family) => {
    const [from, to] = [place(probe.from, family), place(probe.to, family)];
    return from && to ? [{ probe, family, from, to }] : [];
  });
}

interface Asked {
  readonly ends: readonly (readonly string[])[];
  readonly ruleset: string;
  readonly ports: { readonly TCP: readonly number[]; readonly UDP: readonly number[] };
  readonly probes: readonly (readonly unknown[])[];
}

/** What prober.py answers. */
async function send(asked: Asked): Promise<boolean[]> {
  const command = [...OWN_NETWORK, "python3", join(import.meta.dirname, "prober.py")];
  const failed = "the prober did not end well";
  return (await askInNamespace(command, asked, { timeout: MOST_MILLISECONDS, environment: env, failed })) as boolean[];
}
