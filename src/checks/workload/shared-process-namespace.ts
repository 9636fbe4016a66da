import { containersOf } from "../../engines/kubernetes/model.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Containers of one pod that see each other's processes (Kubernetes, "Share Process Namespace"). */
export const sharedProcessNamespace = workloadCheck({
  name: "shared-process-namespace",
  title: "Shared process namespaces",
  severity: "low",
  documentation: {
    what: "Checks `shareProcessNamespace: true` of the pod. It is medium where one of the containers may trace others (`SYS_PTRACE`), and negligible where the pod has one container.",
    why: "Containers of such a pod see each other's processes, and through `/proc/PID` their environment and, with the same user, their files: a sidecar that is broken into reads the secrets of the program beside it.",
    fix: "Take it away where no container signals another's processes. For debugging, `kubectl debug --target` joins one container's namespace for a while.",
    references: ["https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/"],
  },
  needs: { workload: "partial" },
  *detect({ workload: { pod } }) {
    if (pod.shareProcessNamespace !== true) return;
    const containers = containersOf(pod);
    const traces = containers.some(({ container }) =>
      container.securityContext?.capabilities?.add.some((name) => /^(?:CAP_)?(?:SYS_PTRACE|ALL)$/.test(name)),
    );
    const alone = containers.length < 2;
    yield {
      path: ["shareProcessNamespace"],
      subject: "shareProcessNamespace",
      ...(traces ? { severity: "medium" } : alone ? { severity: "negligible" } : {}),
      title: alone
        ? "shareProcessNamespace: true shows the pod's processes to ephemeral containers"
        : `The pod's ${containers.length} containers share a process namespace${traces ? ", and one can trace processes" : ""}`,
      fix: alone
        ? { text: "remove shareProcessNamespace", patches: [{ path: ["shareProcessNamespace"], op: "remove" }] }
        : "remove shareProcessNamespace if no container signals processes of another",
    };
  },
});
