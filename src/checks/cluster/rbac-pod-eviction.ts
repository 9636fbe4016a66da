import { permissionCheck } from "./rbac/permission-check.ts";
import { evictPods } from "./rbac/permissions.ts";

/** Pods that may be driven from their nodes (Kubernetes documentation, "API-initiated Eviction"). */
export const rbacPodEviction = permissionCheck({
  name: "rbac-pod-eviction",
  title: "Permission to evict pods",
  permission: evictPods,
  wide: "medium",
  narrow: "low",
  fix: "remove pods/eviction from the role, or bind the role only in the namespaces that use it",
  documentation: {
    what: "Checks for bindings whose role allows `create` of `pods/eviction`. Not reported: who may delete pods (that is how most controllers work).",
    why: "Anyone who drives a pod from its node, and holds a node, or may change which of them take pods, gets the pod and its credentials there. What is evicted often enough does not serve.",
    fix: "Only what drains nodes and what moves pods between them needs it.",
    references: [
      "https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/",
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
  },
});
