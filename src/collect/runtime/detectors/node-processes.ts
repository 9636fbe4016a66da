/** Processes of a node, as /proc tells them, and the BPF programs that its detectors hold. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import { type NodeProcess, productOf } from "../../../engines/detectors/on-node.ts";
import { bounds } from "../bounds.ts";

export interface NodeProcesses {
  /** Those alone that a detector is known by. */
  readonly detectors: readonly NodeProcess[];
  /** Of all. */
  readonly count: number;
}

/**
 * @param root - of the host: `/`, or where a container has it mounted
 * @throws Problem `detection.processes`: /proc cannot be listed
 */
export function nodeProcesses(root: string): NodeProcesses {
  const proc = join(root, "proc");
  let names: readonly string[];
  try {
    names = readdirSync(proc).filter((name) => /^\d{1,10}$/.test(name));
  } catch (error) {
    const cause = `processes cannot be listed: ${systemCause(error as Error)}`;
    throw new Problem({ kind: "unavailable", code: "detection.processes", place: proc, cause });
  }
  const own = linkOf(join(proc, "1/ns/mnt"));
  const detectors: NodeProcess[] = [];
  for (const pid of names.slice(0, bounds.nodeProcesses)) {
    const name = textOf(join(proc, pid, "comm"), 64)?.trimEnd();
    if (name === undefined) continue;
    const line = textOf(join(proc, pid, "cmdline"), bounds.nodeCommandLine) ?? "";
    const words = line.split("\0").slice(0, -1);
    if (productOf({ name, words }) === undefined) continue;
    const programs = programsOf(join(proc, pid, "fdinfo"));
    const namespace = linkOf(join(proc, pid, "ns/mnt"));
    detectors.push({
      pid: Number(pid),
      name,
      words,
      onHost: own !== undefined && own === namespace,
      ...(programs === undefined ? {} : { programs }),
    });
    if (detectors.length >= bounds.nodeDetectors) break;
  }
  return { detectors, count: names.length };
}

/** Descriptors of programs and links: the kernel says so of each (fdinfo: `prog_type`, `link_type`). */
function programsOf(folder: string): number | undefined {
  try {
    const descriptors = readdirSync(folder).slice(0, bounds.nodeDescriptors);
    return descriptors.filter((name) => /^(?:prog|link)_type:/m.test(textOf(join(folder, name), 4_096) ?? "")).length;
  } catch {
    return undefined;
  }
}

/** Undefined for a process that ended meanwhile, or that may not be looked at. */
function textOf(path: string, most: number): string | undefined {
  try {
    return readFileSync(path, "utf8").slice(0, most);
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
