/** What was learned, as reports show it. */
import { printable } from "../../core/printable.ts";
import type { Learned, LearnedOf, LearnedWorkload } from "../../engines/events/learn/model.ts";
import { neededVolumes } from "../../fix/learned/volumes.ts";
import type { LearnedView, LearnedWorkloadView } from "../../report/runtime/learned.ts";

export function nameOf({ namespace, kind, name, container }: LearnedOf): string {
  const all = [namespace, kind, name, container].filter((part) => part !== undefined);
  return printable(all.join("/"));
}

export function learnedView(learned: Learned): LearnedView {
  return { from: learned.from, to: learned.to, workloads: learned.workloads.map(workloadView) };
}

function workloadView(workload: LearnedWorkload): LearnedWorkloadView {
  const { of, watched, syscalls, capabilities, connections, listening, users } = workload;
  const { volumes, impossible } = neededVolumes(workload);
  return {
    name: nameOf(of),
    image: workload.images.map(({ name, digest, id }) => name ?? digest ?? id ?? "").filter(Boolean),
    seconds: watched.seconds,
    replicas: watched.containers.length,
    starts: watched.containers.filter(({ start }) => start).length,
    stops: watched.containers.filter(({ stop }) => stop).length,
    lost: Object.values(watched.lost).reduce((sum, count) => sum + count, 0),
    missing: watched.missing,
    ...(syscalls === undefined ? {} : { syscalls: syscalls.length }),
    ...(capabilities === undefined ? {} : { capabilities: capabilities.used, refused: capabilities.refused }),
    users: users.map(({ uid, gid }) => `${uid}:${gid}`),
    executables: workload.executables.map(({ path, layer }) => ({
      path,
      drift: layer === "upper" || layer === "memfd",
    })),
    opened: workload.opened.length,
    volumes: volumes.map(({ path, written, hides }) => ({ path, files: written.length, hides: hides.length })),
    impossible,
    listening: listening.map(({ protocol, port, local, count }) => ({
      name: `${port}/${protocol}`,
      local: local === true,
      count,
    })),
    asked: connections
      .filter(({ direction }) => direction === "out")
      .map(({ address, port, protocol }) => `${address.includes(":") ? `[${address}]` : address}:${port}/${protocol}`),
  };
}
