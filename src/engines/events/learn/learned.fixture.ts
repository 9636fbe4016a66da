/** What was learned of a workload that is complete, to be changed. */
import type { Learned, LearnedWorkload, Watched } from "./model.ts";

type Container = Watched["containers"][number];

export function learnedWorkload(
  change: Partial<LearnedWorkload> = {},
  id = "1",
  container: Partial<Container> = {},
): LearnedWorkload {
  const [from, to] = ["2026-03-01T12:00:00.000Z", "2026-03-02T12:00:00.000Z"];
  return {
    of: { namespace: "shop", kind: "Deployment", name: "api", container: "api" },
    images: [],
    watched: {
      seconds: 86_400,
      containers: [{ id: id.repeat(64), from, to, start: true, stop: true, syscalls: true, ...container }],
      lost: {},
      hours: 24,
      complete: true,
      missing: [],
    },
    executables: [],
    opened: [],
    written: [],
    connections: [],
    listening: [],
    users: [],
    mounts: [],
    cut: {},
    ...change,
  };
}

export function learnedFile(workloads: readonly LearnedWorkload[]): Learned {
  return {
    apiVersion: "bulkhead/v1",
    kind: "Learned",
    from: "2026-03-01T12:00:00.000Z",
    to: "2026-03-02T12:00:00.000Z",
    workloads,
  };
}
