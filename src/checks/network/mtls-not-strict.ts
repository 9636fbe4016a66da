import { describeObject } from "../../engines/kubernetes/model.ts";
import type { FieldDetection } from "../findings/kubernetes-finding.ts";
import { clip } from "../findings/one-line.ts";
import type { NamespaceNetwork, PlaintextWay } from "../subjects/network.ts";
import { networkNamespaceCheck } from "./reach/namespace-check.ts";
import { causeOf, countedOf } from "./reach/words.ts";

/** Workloads of a mesh that take plaintext (Istio, PeerAuthentication; Linkerd, "Authorization policy"). */
export const mtlsNotStrict = networkNamespaceCheck({
  name: "mtls-not-strict",
  title: "Workloads in a mesh that accept plaintext",
  severity: "high",
  controls: [10],
  documentation: {
    what: "Checks, for each workload in a mesh, whether connections without mTLS are refused: PeerAuthentication of the workload, its namespace and the mesh, in that order, the oldest of equals; modes of single ports; ports that the proxy does not see. What nothing sets is PERMISSIVE. In Linkerd it is what policies require. One finding for each cause. Not reported: gateways, which take connections from outside, and workloads outside a mesh (`network/workload-outside-mesh`). Severity: high; low where the policy says `network.mesh.mtls: optional`.",
    why: "A mesh that also takes plaintext authenticates nobody: an attacker leaves the certificate out.",
    fix: "Create a PeerAuthentication with `mtls: { mode: STRICT }` in the namespace, or in the root namespace for the mesh, and remove exceptions of ports.",
    references: [
      "https://istio.io/latest/docs/reference/config/security/peer_authentication/",
      "https://linkerd.io/2/reference/authorization-policy/",
    ],
  },
  part: "mesh",
  *detect(network, { mtls }) {
    const ways = network.workloads.flatMap((workload) =>
      workload.mesh.plaintext.map((way) => ({ way, name: workload.name })),
    );
    for (const own of Map.groupBy(ways, ({ way }) => keyOf(way)).values()) {
      const [first] = own;
      if (first === undefined) continue;
      yield {
        ...finding(
          network,
          first.way,
          own.map(({ name }) => name),
        ),
        severity: mtls === "strict" ? "high" : "low",
      };
    }
  },
});

function keyOf({ kind, text, by }: PlaintextWay): string {
  return `${kind} ${text} ${by === undefined ? "" : causeOf({ kind: "rule", ...by })}`;
}

function finding(
  { name, object, workloads }: NamespaceNetwork,
  { kind, text, by }: PlaintextWay,
  names: readonly string[],
): FieldDetection {
  const distinct = [...new Set(names)];
  const whose =
    distinct.length === 1 ? `workload ${clip(distinct[0] ?? "")}` : `${distinct.length} workloads of ${clip(name)}`;
  const source = by === undefined ? "" : ` (${clip(describeObject(by.object))})`;
  return {
    object: by?.object ?? object,
    path: by?.field ?? [],
    subject: kind === "unset" ? "unset" : `${text}${by === undefined ? "" : ` by ${describeObject(by.object)}`}`,
    title: `${whose.replace(/^w/, "W")} ${distinct.length === 1 ? "accepts" : "accept"} plaintext: ${clip(text)}${source}`,
    fix:
      kind === "unset"
        ? "create a PeerAuthentication with mtls.mode: STRICT in the namespace"
        : kind === "bypass"
          ? "remove the excluded ports, so that the proxy takes them"
          : "set the mode to STRICT",
    evidence: { workloads: countedOf(distinct, workloads.length) },
  };
}
