import { permissionCheck } from "./rbac/permission-check.ts";
import { createVolumes } from "./rbac/permissions.ts";

/** PersistentVolumes that may be made (Kubernetes documentation, "Role Based Access Control Good Practices"). */
export const rbacPersistentVolumeCreate = permissionCheck({
  name: "rbac-persistent-volume-create",
  title: "Permission to create PersistentVolumes",
  permission: createVolumes,
  wide: "medium",
  fix: "remove create of persistentvolumes from the role, except for a storage provisioner",
  documentation: {
    what: "Checks for ClusterRoleBindings whose role allows `create` of PersistentVolumes.",
    why: "A PersistentVolume may be a `hostPath`: a pod that claims it has the node's files, and Pod Security does not see through the claim.",
    fix: "Leave it to provisioners of storage, in a namespace of their own; let others make PersistentVolumeClaims.",
    references: ["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#persistent-volume-creation"],
  },
});
