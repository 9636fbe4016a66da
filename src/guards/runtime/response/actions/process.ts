/** `kill` and `protect`: what the sensor does in the kernel or by a descriptor of the process. */
import { Problem } from "../../../../core/problem.ts";
import type { ContainerFacts } from "../../../../engines/events/containers/model.ts";
import { shownText } from "../../../../engines/events/fields/shown.ts";
import type { Whom } from "../decide.ts";
import type { ResponderParts, ResponseRequest } from "../model.ts";
import { type Acted, notDone, type Prepared, settled } from "./action.ts";
import { containerTarget } from "./container.ts";
import { containerCgroup, hostProcess, isInContainer, livedAt } from "./host-process.ts";

type SensorParts = Pick<ResponderParts, "tell" | "root" | "hostProcesses">;

const SIGKILL = 9;
/** How the sensor begins to say that there is no such process any more. */
const GONE = /(?:^|: )gone\b/;

/** @throws Problem where it cannot be told that the process is meant */
export async function prepareKill(
  { process, time }: ResponseRequest,
  whom: Whom,
  { tell, root = "/", hostProcesses }: SensorParts,
): Promise<Prepared> {
  if (process === undefined) throw notDone(whom.workload, "the alert names no process");
  const { pid } = process;
  const target = `process ${pid} (${shownText(process.name)})`;
  if (tell === undefined) throw notDone(target, "no sensor is there to kill it");
  if (hostProcesses) {
    const found = await hostProcess(root, pid);
    if (found === undefined) return settled(target, "gone", "the process has ended");
    if (!livedAt(found, time)) return settled(target, "gone", "the process has ended: another has its id");
    if (whom.kind === "container" && !isInContainer(found, whom.facts.fullId)) {
      throw notDone(target, `it is not in the cgroup of ${containerTarget(whom.facts)}`);
    }
    if (whom.kind === "host" && found.path !== process.path) {
      throw notDone(
        target,
        `it runs ${found.path ?? "a file that is not known"}, and not ${process.path ?? "the one named"}`,
      );
    }
  }
  return {
    target,
    async act() {
      try {
        // Two processes at once have no id in common: whoever had it when the event happened is the one.
        await tell(`kill ${pid} before:${time} ${SIGKILL}`);
      } catch (error) {
        if (!(error instanceof Problem) || !GONE.test(error.message)) throw error;
        return { outcome: "gone", reason: error.message };
      }
      return {};
    },
  };
}

export interface Protection {
  prepare(request: ResponseRequest, facts: ContainerFacts, parts: SensorParts): Promise<Prepared>;
  /** A sensor that was started again knows of none. */
  renew(tell: (command: string) => Promise<void>): Promise<void>;
}

/** Cgroups at once: the sensor's own table of them is bounded too. */
const MOST_PROTECTED = 1_000;

export function createProtection(): Protection {
  const on = new Set<string>();
  return {
    async prepare({ process }, facts, { tell, root = "/", hostProcesses }) {
      const target = containerTarget(facts);
      if (tell === undefined) throw notDone(target, "no sensor is there to protect it");
      if (!hostProcesses) throw notDone(target, "its cgroup is not known: /proc is not the host's");
      const cgroup = await containerCgroup(root, facts.fullId, process?.pid);
      if (cgroup === undefined)
        throw notDone(target, "no process of it was found, or its cgroup is not below /sys/fs/cgroup");
      if (on.has(cgroup)) return settled(target, "unchanged", "the container is protected");
      return {
        target,
        async act(): Promise<Acted> {
          if (on.size >= MOST_PROTECTED) throw notDone(target, `${MOST_PROTECTED} containers are protected already`);
          await tell(`protect ${cgroup} on`);
          on.add(cgroup);
          return {
            reason: "while the sensor runs, programs that no layer of the image holds are killed as they start",
            undo: { kind: "protect", cgroup, container: facts.fullId },
          };
        },
      };
    },
    async renew(tell) {
      for (const cgroup of on) await tell(`protect ${cgroup} on`);
    },
  };
}
