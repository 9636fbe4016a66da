import { permissionCheck } from "./rbac/permission-check.ts";
import { changePods, createPods } from "./rbac/permissions.ts";

/** Images of running pods (Kubernetes documentation, "Pods", pod update and replacement). */
export const rbacPodUpdate = permissionCheck({
  name: "rbac-pod-update",
  title: "Permission to change the images of pods",
  permission: changePods,
  wide: "high",
  narrow: "medium",
  unless: createPods,
  fix: "remove update and patch of pods from the role; set labels when pods are created",
  documentation: {
    what: "Checks for bindings whose role allows `update` or `patch` of pods. Who may run pods of their own in the whole cluster or in kube-system is for `cluster/rbac-pod-create` there. A rule that names its pods is found in the whole cluster and in kube-system, whose pods have names that can be known.",
    why: "The image of a running pod can be changed: the kubelet starts the new one with everything that the pod was given, its service account, its Secrets, and where it is privileged the node.",
    fix: "Give it in the namespaces where it is used. A controller that only notes something about a pod can note it in an object of its own.",
    references: [
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation",
      "https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement",
    ],
  },
});
