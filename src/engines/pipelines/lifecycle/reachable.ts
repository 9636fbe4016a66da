import { append } from "../../../core/append.ts";
import { bounds } from "../bounds.ts";

/** What is reached from one by any number of steps, without itself. */
export function reachable(next: ReadonlyMap<string, readonly string[]>, from: string): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [...(next.get(from) ?? [])];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    if (found.has(one) || found.size >= bounds.neededJobs) continue;
    found.add(one);
    append(pending, next.get(one) ?? []);
  }
  return found;
}
