import { permissionCheck } from "./rbac/permission-check.ts";
import { changeNamespaces } from "./rbac/permissions.ts";

/** Labels of namespaces that may be changed (Kubernetes documentation, "Role Based Access Control Good Practices", namespace modification). */
export const rbacNamespaceUpdate = permissionCheck({
  name: "rbac-namespace-update",
  title: "Permission to modify namespaces",
  permission: changeNamespaces,
  wide: "high",
  narrow: "medium",
  fix: "remove update and patch of namespaces from the role, or list the namespaces in resourceNames",
  documentation: {
    what: "Checks for bindings whose role allows `update` or `patch` of namespaces. A RoleBinding gives it for the namespace that it is in. Not reported: a rule that names its namespaces.",
    why: "Pod Security is a label of the namespace: anyone who changes it takes it off, and admits privileged pods. Network policies and webhooks choose namespaces by their labels too.",
    fix: "Leave labels of namespaces to what makes them. Where a program must label one, name it in `resourceNames`, and hold the Pod Security labels by an admission policy.",
    references: [
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#namespace-modification",
      "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
    ],
  },
});
