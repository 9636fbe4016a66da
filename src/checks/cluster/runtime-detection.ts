import type {
  ClusterDetector,
  DetectionNode,
  DetectorStatement,
  RuntimeDetection,
} from "../../engines/detectors/model.ts";
import { subjectName } from "../../engines/kubernetes/model.ts";
import type { FieldDetection } from "../findings/kubernetes-finding.ts";
import { type ClusterCheck, clusterCheck } from "./kubernetes/cluster-check.ts";

/** Nodes that one finding names. */
const NAMED = 5;

const check = clusterCheck<"runtimeDetection">({
  name: "runtime-detection",
  title: "Runtime detection missing on some nodes",
  severity: "high",
  controls: [8],
  documentation: {
    what: "Checks for what watches system calls on nodes: Bulkhead, Falco, Tetragon, Tracee, KubeArmor, the agents of Sysdig, Aqua, NeuVector, StackRox, GuardDuty, CrowdStrike, Wazuh and others, by their images, arguments and configuration. Finds nodes that every one of them leaves out (selectors, affinity, taints), detectors that watch nothing (no driver, no rules, no output) or ignore the events that they lose, and nodes on which a detector did not tell of the event that `bulkhead runtime prove` made. That a detector is there proves nothing: it passes where `bulkhead runtime prove` got an alert on every node within `runtime.proofDays` days, whatever the product is; else it is unknown. Of manifests it never passes: they name no nodes.",
    why: "A node without the agent is where an attacker is not seen, and pods go to whichever node has room. An agent that is installed and silent is worse than none: nobody looks elsewhere.",
    fix: "Run the agent as a DaemonSet without a nodeSelector, with tolerations for the nodes' taints, with rules and an output, then prove it: `bulkhead runtime prove --cluster`.",
    references: [
      "https://falco.org/docs/setup/kubernetes/",
      "https://tetragon.io/docs/installation/kubernetes/",
      "https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/",
    ],
  },
  needs: { manifests: "partial", runtimeDetection: "partial" },
  applies: ({ runtimeDetection: { detectors, isCluster } }) => detectors.length > 0 || isCluster,
  *detect({ runtimeDetection: found }) {
    yield* found.nodes.flatMap(silent);
    if (found.isCluster) yield* leftOut(found);
    else yield* found.detectors.some(isEverywhere) ? [] : found.detectors.flatMap(partial);
    const watching = found.detectors.some(({ rules }) => rules.answer !== "no");
    for (const detector of found.detectors) {
      if (detector.rules.answer === "no") yield watchesNothing(detector, watching ? "medium" : "high");
      else if (detector.losses.answer === "no") yield ignoresLosses(detector);
    }
  },
});

/** What watches running containers, as far as objects tell, and what proofs say of it. */
export const runtimeDetection: ClusterCheck = {
  ...check,
  looked: ({ runtimeDetection: { detectors, nodes, isCluster } }) => ({
    detectors: [...new Set(detectors.map(({ product }) => product))].join(", ") || "none known",
    ...(isCluster
      ? { "nodes proven": `${nodes.filter(({ proof }) => proof?.kind === "alerted").length} of ${nodes.length}` }
      : {}),
  }),
};

function isEverywhere({ partial: why, rules }: ClusterDetector): boolean {
  return why === undefined && rules.answer !== "no";
}

function partial({ product, partial: why, workload: { object } }: ClusterDetector): FieldDetection[] {
  if (why === undefined) return [];
  return [
    {
      ...placeOf(why, object),
      subject: subjectName(object),
      title: `${product} ${why.reason}`,
      fix: "run the agent as a DaemonSet without a nodeSelector",
    },
  ];
}

/** Of a cluster: each detector that leaves out nodes which no other watches, and no proof speaks of. */
function* leftOut({ detectors, nodes }: RuntimeDetection): Generator<FieldDetection> {
  const unwatched = nodes.filter(
    ({ watchedBy, proof, windows }) => watchedBy.length === 0 && proof?.kind !== "alerted" && !windows,
  );
  if (unwatched.length === 0 || detectors.every(({ rules }) => rules.answer === "no")) return;
  // A pod is for its own node; what is meant for all of them is at fault.
  const meant = detectors.filter(({ workload }) => workload.object.kind !== "Pod");
  for (const { product, workload, rules } of meant.length > 0 ? meant : detectors) {
    if (rules.answer === "no") continue;
    const { object, podPath } = workload;
    const reasons = unwatched.flatMap(({ name, leftOutBy }) =>
      leftOutBy
        .filter((why) => why.startsWith(`${product}: `))
        .map((why) => `${name}: ${why.slice(product.length + 2)}`),
    );
    yield {
      object,
      path: object.kind === "DaemonSet" ? podPath : ["kind"],
      subject: subjectName(object),
      title: `${product} leaves out ${namesOf(unwatched)}`,
      detail: reasons.slice(0, NAMED).join("; "),
      fix: "remove the nodeSelector or affinity, and tolerate the nodes' taints: tolerations: [{ operator: Exists }]",
    };
  }
}

/** One on which an event was made and no alert came of it. */
function silent({ object, name, proof }: DetectionNode): FieldDetection[] {
  if (proof?.kind !== "missed") return [];
  const { at, event, looked } = proof.proof;
  return [
    {
      object,
      path: ["metadata", "name"],
      subject: `node ${name}`,
      title: `No detector told of a test event on node ${name}`,
      detail: `${at}: ${event}; looked for an alert in ${looked.join(", ")}`,
      fix: "see whether the detector runs there, has rules and reaches its output, then repeat bulkhead runtime prove",
      evidence: { nonce: proof.proof.nonce },
    },
  ];
}

function watchesNothing(
  { product, rules, workload: { object } }: ClusterDetector,
  severity: "medium" | "high",
): FieldDetection {
  return {
    ...placeOf(rules, object),
    severity,
    subject: `${subjectName(object)} rules`,
    title: `${product} ${rules.reason}`,
    fix: "give it a driver, rules over system calls and an output",
  };
}

function ignoresLosses({ product, losses, workload: { object } }: ClusterDetector): FieldDetection {
  return {
    ...placeOf(losses, object),
    severity: "medium",
    subject: `${subjectName(object)} losses`,
    title: `${product} ${losses.reason}`,
    fix: "have it alert when it loses events: nothing found is otherwise no news",
  };
}

function placeOf(
  { place }: DetectorStatement,
  object: FieldDetection["object"],
): Pick<FieldDetection, "object" | "path"> {
  return place ?? { object, path: ["metadata", "name"] };
}

function namesOf(nodes: readonly DetectionNode[]): string {
  const names = nodes.slice(0, NAMED).map(({ name }) => name);
  const more = nodes.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more nodes` : ""}`;
}
