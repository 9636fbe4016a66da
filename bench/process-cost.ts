/** What processes that run cost, from /proc: a process with all that it started. */
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessCost {
  /** Seconds of processors since each began, in the kernel and outside. */
  readonly cpu: number;
  /** Resident memory, in bytes: what processes share is divided among them, so that the sum counts each page once (PSS). */
  readonly resident: number;
  /** The same, by name. */
  readonly byName: ReadonlyMap<string, number>;
}

/** Linux's USER_HZ, which is 100 on every architecture of ours. */
const TICKS = 100;

export function costOf(pid: number): ProcessCost {
  let cpu = 0;
  let resident = 0;
  const byName = new Map<string, number>();
  for (const { id, name } of familyOf(pid)) {
    const fields = statOf(id);
    if (fields === undefined) continue;
    cpu += (Number(fields[11]) + Number(fields[12])) / TICKS;
    const bytes = Number(/^Pss:\s+(\d+) kB/m.exec(textOf(`/proc/${id}/smaps_rollup`))?.[1] ?? 0) * 1024;
    resident += bytes;
    byName.set(name, (byName.get(name) ?? 0) + bytes);
  }
  return { cpu, resident, byName };
}

function familyOf(pid: number): { readonly id: number; readonly name: string }[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ id: Number(name), parent: Number(statOf(Number(name))?.[1] ?? 0) }));
  const family = new Set([pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { id, parent } of all) if (family.has(parent)) family.add(id);
  }
  return [...family].map((id) => ({ id, name: textOf(`/proc/${id}/comm`).trim() }));
}

/** The fields after the name, which may hold anything: the state is the first of them. */
function statOf(pid: number): string[] | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  return text === "" ? undefined : text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
