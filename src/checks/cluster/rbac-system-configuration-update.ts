import { permissionCheck } from "./rbac/permission-check.ts";
import { changeSystemConfiguration } from "./rbac/permissions.ts";

/** ConfigMaps of kube-system (EKS user guide, aws-auth; Kubernetes documentation, "Customizing DNS Service"). */
export const rbacSystemConfigurationUpdate = permissionCheck({
  name: "rbac-system-configuration-update",
  title: "Permission to modify the cluster configuration",
  permission: changeSystemConfiguration,
  wide: "high",
  fix: "list the ConfigMaps in resourceNames",
  documentation: {
    what: "Checks for bindings whose role allows `update` or `patch` of ConfigMaps in the whole cluster or in kube-system: of all, or of `aws-auth`, `coredns`, `kube-proxy`, `kubeadm-config`, `kubelet-config` or `extension-apiserver-authentication`. Not reported: a rule that names others.",
    why: "On EKS `aws-auth` says which role of AWS is which user of the cluster: one line makes its author an administrator. CoreDNS resolves every name by its ConfigMap, and so decides who answers. The others configure the nodes, and whom the API's extensions believe.",
    fix: "Give it in the program's own namespace. For leader election there are Leases.",
    references: [
      "https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html",
      "https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/",
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
  },
});
