import { permissionCheck } from "./rbac/permission-check.ts";
import { changeNodes } from "./rbac/permissions.ts";

/** Nodes and their status that may be changed (Kubernetes documentation, "Role Based Access Control Good Practices"). */
export const rbacNodeUpdate = permissionCheck({
  name: "rbac-node-update",
  title: "Permission to modify nodes",
  permission: changeNodes,
  wide: "medium",
  fix: "remove changes of nodes and nodes/status from the role",
  documentation: {
    what: "Checks for ClusterRoleBindings whose role allows `update` or `patch` of `nodes` or `nodes/status`, or `create`, `delete` or `deletecollection` of nodes.",
    why: "Labels and taints decide where pods go, and who changes them draws pods to a node that they hold or drives them off. What a node says of itself decides as well where its kubelet is sought. Who removes a node frees what it was given, and who adds one may be sent pods.",
    fix: "Only the node's own credentials and the controllers of nodes need it.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/node/",
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
  },
});
