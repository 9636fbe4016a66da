import { permissionCheck } from "./rbac/permission-check.ts";
import { extendApi } from "./rbac/permissions.ts";

/** Custom resource definitions and API services that may be changed (Kubernetes documentation, "Role Based Access Control Good Practices"). */
export const rbacApiExtensionUpdate = permissionCheck({
  name: "rbac-api-extension-update",
  title: "Permission to modify CRDs or APIServices",
  permission: extendApi,
  wide: "medium",
  fix: "list the definitions in resourceNames, and create them at installation",
  documentation: {
    what: "Checks for ClusterRoleBindings whose role allows changing any CustomResourceDefinition or APIService.",
    why: "Who deletes a definition deletes all of its objects; who changes one may send them through a conversion webhook of their own. An APIService takes over a part of the API, with the credentials of all who use it.",
    fix: "Install definitions apart from the program that uses them, and let it read them alone.",
    references: [
      "https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/",
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
  },
});
