import { permissionCheck } from "./rbac/permission-check.ts";
import { controlAdmission } from "./rbac/permissions.ts";

/** Admission webhooks and policies that may be changed (Kubernetes documentation, "Role Based Access Control Good Practices"). */
export const rbacAdmissionUpdate = permissionCheck({
  name: "rbac-admission-update",
  title: "Permission to modify admission webhooks or policies",
  permission: controlAdmission,
  wide: "high",
  fix: "list the configurations in resourceNames with get, update and patch",
  documentation: {
    what: "Checks for ClusterRoleBindings whose role allows `create`, `update`, `patch`, `delete` or `deletecollection` of webhook configurations or admission policies without naming them.",
    why: "A webhook sees every object that it asks for, Secrets among them, and a mutating one changes them. Anyone who deletes or changes a configuration switches off what keeps bad objects out.",
    fix: "A controller that keeps its own certificate in its webhook needs `update` or `patch` with `resourceNames` alone.",
    references: [
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#control-admission-webhooks",
      "https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/",
    ],
  },
});
