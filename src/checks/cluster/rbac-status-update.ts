import { permissionCheck } from "./rbac/permission-check.ts";
import { changeStatus } from "./rbac/permissions.ts";

/** Traffic drawn by a written status (CVE-2020-8554). */
export const rbacStatusUpdate = permissionCheck({
  name: "rbac-status-update",
  title: "Permission to write the status of Services or pods",
  permission: changeStatus,
  wide: "medium",
  narrow: "low",
  fix: "remove services/status and pods/status from the role",
  documentation: {
    what: "Checks for bindings whose role allows `update` or `patch` of `services/status` or `pods/status` without naming them.",
    why: "The address of a load balancer stands in a service's status, and traffic to that address goes to its pods, anyone who's address it is (CVE-2020-8554). A pod's status says whether it is ready and where it is: who writes it draws connections or keeps them away.",
    fix: "Leave it to kubelets, to the controllers of load balancers and to what keeps readiness gates, in namespaces of their own.",
    references: [
      "https://github.com/kubernetes/kubernetes/issues/97076",
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
  },
});
