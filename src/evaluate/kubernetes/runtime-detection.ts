/** What watches a cluster's nodes, with what is not known of it as gaps: that a detector is there is no proof that it alerts. */
import { clip, SENTENCE } from "../../checks/findings/one-line.ts";
import { counted } from "../../core/counted.ts";
import type { Gap } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { bounds } from "../../engines/detectors/bounds.ts";
import { clusterDetectors, DETECTION_LISTS, detectionNodes } from "../../engines/detectors/in-cluster.ts";
import type { DetectionNode, DetectionProof, RuntimeDetection } from "../../engines/detectors/model.ts";
import { nodeProof, PROOF_KEY, PROOF_NAMESPACE, PROOF_PREFIX, parseProof } from "../../engines/detectors/proof.ts";
import type { DaemonSetState } from "../../engines/kubernetes/cluster/daemon-sets.ts";
import type { Manifests } from "../../engines/kubernetes/model.ts";
import type { ListGaps } from "./list-gaps.ts";

/** What is known beside the objects. */
export interface KnownDetection {
  /** Of a cluster. */
  readonly states?: readonly DaemonSetState[];
  /** That the caller names. */
  readonly proofs?: readonly DetectionProof[];
}

export interface EvaluatedDetection {
  readonly detection: RuntimeDetection;
  readonly gaps: readonly Gap[];
  /** ISO 8601: when the first proof that counts is too old; absent where none does. */
  readonly validUntil?: string;
}

interface Context {
  readonly policy: Policy;
  readonly now: Date;
  readonly detection?: KnownDetection;
}

const PROVE = "bulkhead runtime prove --cluster";

export function detectionOf(manifests: Manifests, short: ListGaps, context: Context): EvaluatedDetection {
  const { states = [], proofs = [] } = context.detection ?? {};
  const isCluster = manifests.objects.some(({ source }) => source.kind === "cluster");
  const isWhole = (list: string) => isCluster && short.of([list]).length === 0;
  const detectors = clusterDetectors(manifests, { isWhole, states });
  const all = [...proofs, ...(isCluster ? clusterProofs(manifests) : [])];
  const nodes = isCluster
    ? detectionNodes(manifests, detectors).map((node) => proven(node, all, manifests, context))
    : [];
  const detection: RuntimeDetection = { detectors, nodes, isCluster };
  const gaps = [...short.of(DETECTION_LISTS), ...gapsOf(detection, context)];
  const dates = nodes.flatMap(({ proof }) => (proof?.kind === "alerted" ? [proof.validUntil] : [])).sort();
  return { detection, gaps, ...(dates[0] === undefined || gaps.length > 0 ? {} : { validUntil: dates[0] }) };
}

/** Of ConfigMaps in our own namespace: whoever may write there is believed (SECURITY.md). */
function clusterProofs({ configMaps }: Manifests): readonly DetectionProof[] {
  return configMaps.flatMap(({ object, data }) => {
    const { source, namespace, name } = object;
    if (source.kind !== "cluster" || namespace !== PROOF_NAMESPACE || !name.startsWith(PROOF_PREFIX)) return [];
    return parseProof(data[PROOF_KEY] ?? "") ?? [];
  });
}

function proven(
  node: DetectionNode,
  proofs: readonly DetectionProof[],
  { namespaces }: Manifests,
  { policy, now }: Context,
): DetectionNode {
  const clusterUid = namespaces.find(({ object }) => object.name === "kube-system")?.object.uid;
  const { uid, creationTimestamp } = node.object;
  const proof = nodeProof(
    proofs,
    {
      node: node.name,
      ...(uid === undefined ? {} : { nodeUid: uid }),
      ...(creationTimestamp === undefined ? {} : { since: creationTimestamp }),
      ...(clusterUid === undefined ? {} : { clusterUid }),
    },
    { now, days: policy.runtime.proofDays },
  );
  return proof === undefined ? node : { ...node, proof };
}

function gapsOf({ detectors, nodes, isCluster }: RuntimeDetection, { policy }: Context): Gap[] {
  if (!isCluster) {
    if (detectors.length === 0) return [];
    return [
      {
        code: "detection.not-proven",
        reason: `${productsOf(detectors)}: manifests are no proof that a detector runs on every node and alerts`,
        remedy: "bulkhead check --cluster, after bulkhead runtime prove",
      },
    ];
  }
  if (nodes.length === 0) {
    return [{ code: "detection.nodes-unknown", reason: "no nodes were listed: which of them are watched is unknown" }];
  }
  const open = nodes.filter(({ proof }) => proof?.kind !== "alerted");
  if (open.length === 0) return [];
  const [first] = open;
  const stale = open.flatMap(({ name, proof }) =>
    proof?.kind === "none-valid" ? [`the proof of ${name} is ${proof.reason}`] : [],
  );
  const unready = detectors.flatMap(({ product, unready }) => (unready === undefined ? [] : [`${product} ${unready}`]));
  const found =
    detectors.length === 0
      ? "no known detector was found among the workloads"
      : `${productsOf(detectors)} found, and presence is no proof`;
  const details = [found, ...unready, ...stale.slice(0, 2)].join("; ");
  const windows = open.every((node) => node.windows) ? " (Windows)" : "";
  return [
    {
      code: first?.proof === undefined ? "detection.not-proven" : "detection.proof-expired",
      reason: clip(
        `no alert is proven within ${counted(policy.runtime.proofDays, "day")} on ${namesOf(open)}${windows}: ${details}`,
        SENTENCE,
      ),
      remedy: PROVE,
    },
  ];
}

function productsOf(detectors: RuntimeDetection["detectors"]): string {
  return [...new Set(detectors.map(({ product }) => product))].join(", ");
}

/** `node-1, node-2 and 3 more of 9 nodes`. */
function namesOf(nodes: readonly DetectionNode[]): string {
  const names = nodes.slice(0, bounds.namedNodes).map(({ name }) => name);
  const more = nodes.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${counted(more, "more node", "more nodes")}` : ""}`;
}
