import { containersOf } from "../../engines/kubernetes/model.ts";
import { type Detection, titleOf } from "./kubernetes/workload-check.ts";
import { podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

const FIELD = ["securityContext", "windowsOptions", "hostProcess"];

/** Fields: `securityContext.windowsOptions.hostProcess` of the pod and its containers. Allowed: false, or not stated. */
export const hostProcess = podSecurityCheck({
  name: "host-process",
  level: "baseline",
  title: "Windows HostProcess containers",
  severity: "high",
  controls: [4],
  documentation: {
    what: "Checks whether `windowsOptions.hostProcess` is true for a pod or a container.",
    why: "Such a container is no container: it runs on the Windows node itself, with its files, network and, as it is set, its system account.",
    fix: "Leave `hostProcess` out. What manages nodes belongs into a namespace of its own, with an exception.",
    references: ["https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/"],
  },
  rules: [{ since: 0, violations }],
});

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  if (pod.securityContext?.windowsOptions?.hostProcess === true) {
    yield {
      path: FIELD,
      subject: "securityContext.windowsOptions.hostProcess",
      title: "The pod's containers run as processes of the Windows node (hostProcess: true)",
      fix: "remove windowsOptions.hostProcess",
    };
  }
  for (const placed of containersOf(pod)) {
    if (placed.container.securityContext?.windowsOptions?.hostProcess !== true) continue;
    yield {
      container: placed,
      path: [...placed.path, ...FIELD],
      subject: "securityContext.windowsOptions.hostProcess",
      title: `${titleOf(placed)} runs as a process of the Windows node (hostProcess: true)`,
      fix: "remove windowsOptions.hostProcess",
    };
  }
}
