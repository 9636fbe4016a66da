/** Through what a package comes into a project. */
import type { PackageRecord } from "../../contents/model.ts";
import { bounds } from "./bounds.ts";

interface Step {
  readonly record: PackageRecord;
  /** What needs it; undefined for what the project names itself. */
  readonly from: Step | undefined;
  readonly root: Step | undefined;
}

/**
 * The shortest chains from what the project names, of all packages of one lockfile: one walk, linear in packages and
 * dependencies, whatever cycles there are.
 *
 * @returns names from a direct dependency down to what needs the package; empty where it is direct or nothing leads to it.
 *   Of a chain over the bound the first name and the last ones
 */
export function throughOf(records: readonly PackageRecord[]): (record: PackageRecord) => readonly string[] {
  const byReference = new Map<string, PackageRecord>();
  for (const record of records) if (record.reference !== undefined) byReference.set(record.reference, record);
  const steps = new Map<PackageRecord, Step>();
  const queue: Step[] = [];
  for (const record of records) {
    if (record.direct !== true) continue;
    const step: Step = { record, from: undefined, root: undefined };
    steps.set(record, step);
    queue.push(step);
  }
  for (let next = 0; next < queue.length; next++) {
    const from = queue[next] as Step;
    for (const reference of from.record.dependsOn ?? []) {
      const record = byReference.get(reference);
      if (record === undefined || steps.has(record)) continue;
      const step: Step = { record, from, root: from.root ?? from };
      steps.set(record, step);
      queue.push(step);
    }
  }
  return (record) => {
    const names: string[] = [];
    const step = steps.get(record);
    for (let from = step?.from; from !== undefined; from = from.from) {
      if (names.length >= bounds.throughNames - 1) {
        names.push(step?.root?.record.name ?? from.record.name);
        break;
      }
      names.push(from.record.name);
    }
    return names.reverse();
  };
}
