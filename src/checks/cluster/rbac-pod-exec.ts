import { permissionCheck } from "./rbac/permission-check.ts";
import { executeInPods } from "./rbac/permissions.ts";

/** Commands in pods through the API server (Kubernetes documentation, "Role Based Access Control Good Practices"). */
export const rbacPodExec = permissionCheck({
  name: "rbac-pod-exec",
  title: "Permission to exec into pods",
  permission: executeInPods,
  wide: "high",
  narrow: "medium",
  fix: "remove pods/exec, pods/attach, pods/portforward, pods/proxy and services/proxy from the role, or bind the role in one namespace while needed",
  documentation: {
    what: "Checks for bindings whose role allows `pods/exec`, `pods/attach`, `pods/portforward`, `pods/proxy` or `services/proxy`. A rule that names its pods is found in the whole cluster and in kube-system, whose pods have names that can be known.",
    why: "It makes a shell in every pod that it reaches: with the pod's files, its Secrets and the token of its service account. Network policies do not see it, as the kubelet makes the connection.",
    fix: "Leave it to people in an emergency, by a role that is bound for the time and is audited. Programs need it seldom.",
    references: [
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
      "https://kubernetes.io/docs/reference/access-authn-authz/authorization/",
    ],
  },
});
