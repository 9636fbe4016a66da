import { permissionCheck } from "./rbac/permission-check.ts";
import { changeNetworkPolicies } from "./rbac/permissions.ts";

/** Network policies that may be taken away (Kubernetes documentation, "Network Policies"). */
export const rbacNetworkPolicyUpdate = permissionCheck({
  name: "rbac-network-policy-update",
  title: "Permission to modify or delete NetworkPolicies",
  permission: changeNetworkPolicies,
  wide: "high",
  narrow: "medium",
  fix: "remove update, patch and delete of NetworkPolicies from the role, or list the policies in resourceNames",
  documentation: {
    what: "Checks for bindings whose role allows `update`, `patch`, `delete` or `deletecollection` of NetworkPolicies, or of those for a whole cluster (`policy.networking.k8s.io`). In a namespace it is low where the role is `admin` or `edit`. Not reported: making them (what is allowed adds up, but what somebody adds can be seen).",
    why: "A pod that no policy selects may reach everything and be reached by all: anyone who removes the policies has taken the walls down, and nothing fails that anybody would notice.",
    fix: "Have policies made and changed by what deploys the cluster, and let programs name those that are theirs.",
    references: [
      "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
  },
});
