import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Pods whose root is the node's root (Kubernetes, "User Namespaces"). */
export const noUserNamespace = workloadCheck({
  name: "no-user-namespace",
  title: "Pods without a user namespace",
  severity: "negligible",
  documentation: {
    what: "Checks `hostUsers` of the pod: only `false` gives it a user namespace of its own (Kubernetes 1.30 on, where the node's kernel and engine can). Pods that need the node's namespaces (`hostNetwork`, `hostPID`, `hostIPC`) cannot have one and are not meant, nor are those of Windows.",
    why: "Without it user 0 of the container is user 0 of the node: a vulnerability in the engine or the kernel that lets a process out lets root out. With it, it is a user that owns nothing.",
    fix: "Set `hostUsers: false` where all nodes can do it. Volumes must be of a filesystem that maps ids, so no patch is offered.",
    references: ["https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/"],
  },
  needs: { workload: "complete" },
  *detect({ workload: { pod } }) {
    if (pod.hostUsers === false || pod.os?.name === "windows") return;
    if (pod.hostNetwork === true || pod.hostPID === true || pod.hostIPC === true) return;
    yield {
      path: ["hostUsers"],
      subject: "hostUsers",
      title: "The pod has no user namespace: UID 0 in the pod is UID 0 on the node",
      fix: "set hostUsers: false where nodes and volumes support it",
    };
  },
});
