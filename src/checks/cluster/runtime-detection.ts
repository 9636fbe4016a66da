import { containersOf, subjectName, type Workload } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** Last part of an image's repository → what watches by it. */
const detectors: ReadonlyMap<string, string> = new Map([
  ["falco", "Falco"],
  ["falco-no-driver", "Falco"],
  ["tetragon", "Tetragon"],
  ["tracee", "Tracee"],
  ["kubearmor", "KubeArmor"],
]);

function detectorOf({ pod }: Workload): string | undefined {
  for (const { container } of containersOf(pod)) {
    const name = container.image?.split("@")[0]?.split("/").at(-1)?.split(":")[0];
    const found = name === undefined ? undefined : detectors.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function agents(workloads: readonly Workload[]): readonly Workload[] {
  return workloads.filter((workload) => workload.origin === "kubernetes" && detectorOf(workload) !== undefined);
}

function isEverywhere({ object, pod }: Workload): boolean {
  const selected = Object.keys(pod.nodeSelector).filter(
    (label) => label !== "kubernetes.io/os" && label !== "kubernetes.io/arch",
  );
  return object.kind === "DaemonSet" && selected.length === 0;
}

/** What watches running containers, as far as it is known here. */
export const runtimeDetection = clusterCheck({
  name: "runtime-detection",
  title: "Runtime detection missing on some nodes",
  severity: "high",
  controls: [8],
  documentation: {
    what: "Checks for the agents of Falco, Tetragon, Tracee and KubeArmor by their images. It passes where one is a DaemonSet for all nodes, and is reported where all that there are leave nodes out. Where none was read nothing is said: another product, or one outside the cluster, may watch, and the control stays unknown.",
    why: "A node without the agent is where an attacker is not seen, and pods go to whichever node has room.",
    fix: "Run the agent as a DaemonSet without a nodeSelector, with tolerations for the nodes' taints.",
    references: ["https://falco.org/docs/setup/kubernetes/", "https://tetragon.io/docs/installation/kubernetes/"],
  },
  needs: { manifests: "partial" },
  reads: ["workloads"],
  applies: ({ manifests }) => agents(manifests.workloads).length > 0,
  *detect({ manifests }) {
    const found = agents(manifests.workloads);
    if (found.some(isEverywhere)) return;
    for (const workload of found) {
      const { object, podPath } = workload;
      const other = object.kind !== "DaemonSet";
      yield {
        object,
        path: other ? ["kind"] : [...podPath, "nodeSelector"],
        subject: subjectName(object),
        title: `${detectorOf(workload)} ${other ? `runs as a ${object.kind}, not on every node` : "runs only on some nodes"}`,
        fix: "run the agent as a DaemonSet without a nodeSelector",
      };
    }
  },
});
