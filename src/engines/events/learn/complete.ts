/** Whether what was learned of a workload is all that it does, as far as that can be told; why not. */
import { counted } from "../../../core/counted.ts";
import type { LearnedWorkload, Watched } from "./model.ts";

type Facts = Pick<LearnedWorkload, "cut" | "listening" | "probes" | "syscalls">;

export function concludeWatched(watched: Omit<Watched, "complete" | "missing">, facts: Facts): Watched {
  const missing = [...missingOf(watched, facts)];
  return { ...watched, complete: missing.length === 0, missing };
}

function* missingOf(watched: Omit<Watched, "complete" | "missing">, facts: Facts): Generator<string> {
  const { containers, lost, hours } = watched;
  for (const [reason, count] of Object.entries(lost)) yield `${count} lost: ${reason}`;
  for (const [list, count] of Object.entries(facts.cut))
    yield `${counted(count, "entry", "entries")} missing in ${list}`;
  // Each image has its own start.
  const images = Map.groupBy(containers, ({ image }) => image ?? "");
  for (const [image, own] of images) {
    if (own.some(({ start }) => start)) continue;
    yield images.size === 1 ? "no start was seen" : `no start of ${image === "" ? "an unnamed image" : image} was seen`;
  }
  if (!containers.some(({ stop }) => stop)) yield "no stop was seen";
  const watchedHours = hoursOf(containers);
  if (watchedHours < hours) yield `watched for ${shownHours(watchedHours)} h of ${hours}`;
  if (facts.syscalls !== undefined && !containers.some(({ syscalls }) => syscalls === true)) {
    yield "system calls were not noted from a start on";
  }
  for (const { protocol, port, local, count } of facts.listening) {
    if (count === 0 && local !== true && protocol === "TCP") yield `nobody connected to port ${port}`;
  }
  for (const { command, executed } of facts.probes ?? []) if (!executed) yield `its probe was not executed: ${command}`;
}

function shownHours(hours: number): string {
  return String(Math.floor(hours * 10) / 10);
}

/** By the clock: replicas side by side see the same night once. */
function hoursOf(containers: Watched["containers"]): number {
  const spans = containers
    .map(({ from, to }) => [Date.parse(from), Date.parse(to)] as const)
    .sort(([one], [other]) => one - other);
  let [sum, end] = [0, 0];
  for (const [from, to] of spans) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum / 3_600_000;
}
