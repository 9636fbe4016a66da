import { containersOf, type Workload } from "../../engines/kubernetes/model.ts";
import { titleOf, workloadCheck } from "./kubernetes/workload-check.ts";

/** These end by themselves; nobody waits for them to be ready. */
const ENDING: ReadonlySet<string> = new Set(["Job", "CronJob"]);

/** Containers that nobody asks whether they work (Kubernetes, "Configure Liveness, Readiness and Startup Probes"). */
export const missingProbes = workloadCheck({
  name: "missing-probes",
  title: "Missing liveness or readiness probes",
  severity: "low",
  documentation: {
    what: "Checks `readinessProbe` and `livenessProbe` of every container that keeps running, sidecars among the init containers too, and at `healthcheck` of every service of a Compose file. A container without ports needs no readiness probe: no Service sends it anything. Jobs, and pods that are not restarted, end by themselves. A Compose file does not show what the image's own `HEALTHCHECK` says: there the finding is negligible.",
    why: "A program that hangs, after an attack or without one, goes on being sent requests where no readiness probe fails, and is never restarted where no liveness probe does.",
    fix: "Name a path, port or command that answers only while the program works. A liveness probe must not ask for what the program depends on: it would be restarted for another's fault.",
    references: [
      "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
      "https://docs.docker.com/reference/compose-file/services/#healthcheck",
    ],
  },
  needs: { workload: "complete" },
  origins: ["kubernetes", "compose"],
  *detect({ workload }) {
    if (endsByItself(workload)) return;
    const compose = workload.origin === "compose";
    for (const placed of containersOf(workload.pod)) {
      const { container, kind, path } = placed;
      const keepsRunning = kind === "container" || (kind === "init" && container.restartPolicy === "Always");
      if (!keepsRunning) continue;
      const missing = [
        ...(container.readinessProbe === undefined && container.ports.length > 0 && !compose ? ["readinessProbe"] : []),
        ...(container.livenessProbe === undefined ? ["livenessProbe"] : []),
      ];
      if (missing.length === 0) continue;
      const names = compose ? "healthcheck" : missing.join(" and no ");
      yield {
        container: placed,
        path: [...path, missing[0] ?? ""],
        subject: missing.join(", "),
        ...(compose ? { severity: "negligible" } : {}),
        title: `${titleOf(placed)} has no ${names}`,
        fix: compose
          ? "add a healthcheck to the service, or HEALTHCHECK to the image"
          : `add a ${missing.join(" and a ")} that succeeds only while the program works`,
      };
    }
  },
});

function endsByItself({ object, pod }: Workload): boolean {
  return (
    ENDING.has(object.kind) ||
    (object.kind === "Pod" && pod.restartPolicy !== undefined && pod.restartPolicy !== "Always")
  );
}
