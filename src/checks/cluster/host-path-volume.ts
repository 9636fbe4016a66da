import { describeObject } from "../../engines/kubernetes/model.ts";
import { clip, SENTENCE } from "../findings/one-line.ts";
import { hostPlaceAt, runtimeSocketAt } from "../workload/hardening/host-places.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { hostVolumes, mountersOf } from "./kubernetes/persistent-volumes.ts";

/** Folders of the node behind PersistentVolumes (Kubernetes, "Volumes", hostPath; "Persistent Volumes"). */
export const hostPathVolume = clusterCheck({
  name: "host-path-volume",
  title: "PersistentVolumes backed by hostPath",
  severity: "critical",
  controls: [4],
  documentation: {
    what: "Checks for PersistentVolumes of the types `hostPath` and `local`, and which workloads mount them by their claims. The sockets of container runtimes are critical, and places that hold the node's secrets are as bad as for a pod that mounts them itself (`workload/sensitive-host-path`); another `hostPath` is medium. Not reported: a `local` volume elsewhere, which is what disks of a node are for. `readOnly` and `ReadOnlyMany` count as read-only.",
    why: "A pod that mounts a claim states no `hostPath`: Pod Security admits it at every level, and it has the node's files all the same.",
    fix: "Make volumes of a storage class. What must be of one node belongs under a directory of its own, such as /mnt/disks, as a `local` volume.",
    references: [
      "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#persistent-volume-creation",
    ],
  },
  needs: { manifests: "partial" },
  reads: ["objects", "workloads"],
  applies: ({ manifests }) => hostVolumes(manifests).length > 0,
  *detect({ manifests }) {
    const mounted = mountersOf(manifests);
    for (const volume of hostVolumes(manifests)) {
      const { object, type, path, field, isReadOnly } = volume;
      const socket = runtimeSocketAt(path);
      const place = hostPlaceAt(path);
      if (socket === undefined && place === undefined && type === "local") continue;
      const mounters = mounted(volume);
      const names = mounters.map(({ object: each }) => describeObject(each));
      const what = socket?.what ?? place?.what;
      const by =
        names.length === 0 ? "" : `, which ${names.length === 1 ? names[0] : `${names.length} workloads`} can mount`;
      yield {
        object,
        path: field,
        subject: `${type} ${path}`,
        severity:
          socket !== undefined
            ? "critical"
            : place === undefined
              ? "medium"
              : place[isReadOnly ? "readOnly" : "writable"],
        title: clip(
          `PersistentVolume maps ${path} of the node${what === undefined ? "" : ` (${what})`}${by}`,
          SENTENCE,
        ),
        fix: "use a storage class, or a local volume in a separate directory",
        also: mounters.slice(0, 3).map((mounter) => ({ object: mounter.object, path: mounter.path })),
        evidence: { "host path": clip(path), mounts: clip(names.join(", "), SENTENCE) || "none" },
      };
    }
  },
});
