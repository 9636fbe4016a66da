import { permissionCheck } from "./rbac/permission-check.ts";
import { reachKubelets } from "./rbac/permissions.ts";

/** The kubelets' interface reached through the API server (Kubernetes documentation, "Role Based Access Control Good Practices"). */
export const rbacNodeProxy = permissionCheck({
  name: "rbac-node-proxy",
  title: "Permission to use nodes/proxy",
  permission: reachKubelets,
  wide: "high",
  fix: "remove nodes/proxy from the role; monitoring needs only nodes/metrics, nodes/stats and nodes/log",
  documentation: {
    what: "Checks for ClusterRoleBindings whose role allows `get` or `create` of `nodes/proxy`, be it of one node that the rule names.",
    why: "The kubelet's interface runs commands in every pod of its node. What goes through it passes neither admission nor the API server's audit log, and reading rights may be enough for a command over a WebSocket.",
    fix: "Give the subresources that are needed: `nodes/metrics`, `nodes/stats`, `nodes/log`, `nodes/healthz`.",
    references: [
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes",
      "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/",
    ],
  },
});
