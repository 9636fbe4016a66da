import { containersOf, type Workload } from "../../engines/kubernetes/model.ts";
import { writtenPathsOf } from "./hardening/written-paths.ts";
import { titleOf, workloadCheck } from "./kubernetes/workload-check.ts";

/** Root file systems that can be written (Kubernetes API reference, `SecurityContext`). */
export const writableRootFilesystem = workloadCheck({
  name: "writable-root-filesystem",
  title: "Writable root filesystems",
  severity: "high",
  controls: [4],
  documentation: {
    what: "Checks `securityContext.readOnlyRootFilesystem` of every container, and at `read_only` of every service of a Compose file. A finding lists the mounts that can be written already, and the directories that the image's documentation says it writes to, or else `/tmp`, which programs of any kind use. Ephemeral containers are low: they are there for a while and for debugging. Windows has no such setting.",
    why: "Anyone who breaks in puts programs of their own into the filesystem, changes those that are there, and finds them again after the next request. On a root filesystem that cannot be written, tools have to be brought in through mounts, and those can be few, small and without programs.",
    fix: "Set `readOnlyRootFilesystem: true`, and mount an `emptyDir` (with a `sizeLimit`) at each directory that the program writes to. Find those with `kubectl debug`, or by running the image once with `--read-only`. Nothing in a manifest says what a program writes, so no patch is offered: it could stop the program.",
    references: [
      "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
      "https://docs.docker.com/reference/compose-file/services/#read_only",
    ],
  },
  needs: { workload: "complete" },
  origins: ["kubernetes", "compose"],
  *detect({ workload }) {
    const { pod, origin } = workload;
    if (pod.os?.name === "windows") return;
    for (const placed of containersOf(pod)) {
      const { container, kind, path } = placed;
      if (container.securityContext?.readOnlyRootFilesystem === true) continue;
      const { mounted, missing, known } = writtenPathsOf(container, pod.volumes);
      yield {
        container: placed,
        path: [...path, "securityContext", "readOnlyRootFilesystem"],
        subject: "securityContext.readOnlyRootFilesystem",
        title: `${titleOf(placed)} has a writable root filesystem`,
        ...(kind === "ephemeral" ? { severity: "low" } : {}),
        fix: fixOf(origin, missing, known),
        evidence: {
          "writable mounts": mounted.join(", ") || "none",
          [known ? "its image also writes to" : "it may also write to"]: missing.join(", ") || "nothing that is known",
        },
      };
    }
  },
});

function fixOf(origin: Workload["origin"], missing: readonly string[], known: boolean): string {
  const set = origin === "compose" ? "read_only: true" : "readOnlyRootFilesystem: true";
  const volume = origin === "compose" ? "a tmpfs" : "an emptyDir";
  if (missing.length === 0) return `set ${set} and test the program: the paths it writes to are not known`;
  const folders = missing.join(", ");
  return known
    ? `set ${set}; mount ${volume} at ${folders}`
    : `set ${set}; mount ${volume} at likely write paths: ${folders}`;
}
