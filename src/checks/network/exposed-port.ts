import { describeObject } from "../../engines/kubernetes/model.ts";
import type { FieldDetection } from "../findings/kubernetes-finding.ts";
import { clip } from "../findings/one-line.ts";
import { administrationPorts } from "../knowledge/administration-ports.ts";
import { databasePorts } from "../knowledge/database-ports.ts";
import type { ExposedPort } from "../subjects/network.ts";
import { networkCheck } from "./policies/network-check.ts";

/** Ways by which ports are open from outside the cluster (Kubernetes, "Service", "Ingress"; Gateway API). */
export const exposedPort = networkCheck({
  name: "exposed-port",
  title: "Ports exposed outside the cluster",
  severity: "high",
  controls: [6],
  documentation: {
    what: "Checks what is open from outside by each way: LoadBalancer, NodePort, external addresses, host ports, Ingress, Gateway API, OpenShift Routes, Istio gateways, Traefik and Knative, each held against the network policies of the pods behind it, on the pods' own ports. Severity: high where the port is of a database or of administration and is open to the internet (medium where it is open to anyone who reaches a node, or to stated addresses); low where another port is open without an Ingress or Gateway and to all addresses. Not reported: other ports behind an Ingress or Gateway, which are for that; pods on their node's network, which are a finding of their own.",
    why: "Scanners find an open database within minutes, and many ask for no password as they come.",
    fix: "Make the Service of type ClusterIP, or state `loadBalancerSourceRanges` and a NetworkPolicy for the addresses that need it.",
    references: ["https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types"],
  },
  needs: { exposed: "partial" },
  applies: ({ exposed }) => exposed.count > 0,
  *detect({ exposed }) {
    for (const own of Map.groupBy(exposed.ports, keyOf).values()) {
      const detection = finding(own);
      if (detection !== undefined) yield detection;
    }
  },
});

/** One finding for each opener and kind of port. */
function keyOf(exposed: ExposedPort): string {
  return JSON.stringify([describeObject(exposed.opener.object), exposed.opener.field, programOf(exposed) ?? ""]);
}

function programOf({ protocol, port }: ExposedPort): string | undefined {
  return protocol === "TCP" ? (administrationPorts.get(port) ?? databasePorts.get(port)) : undefined;
}

/** What an Ingress or a Gateway carries is meant to be open. */
const CARRIED: ReadonlySet<string> = new Set([
  "Ingress",
  "Gateway API",
  "OpenShift Route",
  "Istio gateway",
  "Traefik",
  "Knative",
]);

function finding(own: readonly ExposedPort[]): FieldDetection | undefined {
  const [first] = own;
  if (first === undefined) return undefined;
  const { way, opener, reach, restricted, workload } = first;
  const program = programOf(first);
  if (program === undefined && (restricted || CARRIED.has(way))) return undefined;
  const ports = [...new Set(own.map(({ protocol, port }) => `${port}/${protocol}`))].slice(0, 6).join(", ");
  const severity = program === undefined ? "low" : reach === "internet" && !restricted ? "high" : "medium";
  const who =
    reach === "internet" ? "the internet" : reach === "nodes" ? "anyone who reaches a node" : "outside the cluster";
  return {
    object: opener.object,
    path: opener.field,
    subject: `${describeObject(opener.object)}: ${way} ${program ?? "ports"}`,
    severity,
    title: `${clip(describeObject(opener.object))} opens ${program === undefined ? `port ${ports}` : `${program} (${ports})`} of ${clip(workload)} to ${restricted ? "stated addresses outside" : who} by ${way}`,
    fix:
      program === undefined
        ? "use an Ingress or Gateway, or state loadBalancerSourceRanges"
        : "make the Service of type ClusterIP; reach it through a bastion or a VPN",
    evidence: { way, ports, workload: clip(workload) },
  };
}
