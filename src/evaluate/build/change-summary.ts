/** What a change does to each lockfile, for who reads the report: counts, and the direct dependencies behind them. */
import type { ChangeCounts, DirectChange, LockfileChanges } from "../../core/dependency-changes.ts";
import { compareText } from "../../core/order.ts";
import type { DependencyChange } from "../../engines/packages/model.ts";

type Brought = Omit<DirectChange, "brings"> & { brings: number };

/** @param closes - vulnerabilities that packages of the lockfile had before and have no more; undefined where nobody looked */
export function changeSummary(
  lockfile: string,
  changes: readonly DependencyChange[],
  closes: number | undefined,
): LockfileChanges {
  const counts = { added: 0, upgraded: 0, downgraded: 0, replaced: 0, removed: 0 };
  const direct: Brought[] = [];
  const byName = new Map<string, Brought>();
  const through: { readonly type: string; readonly name: string }[] = [];
  let others = 0;
  for (const { kind, type, name, before, after } of changes) {
    counts[kind]++;
    const own = after ?? before;
    const [root] = own?.through ?? [];
    if (own?.direct === true) {
      const versions = {
        ...(before === undefined ? {} : { before: before.version }),
        ...(after === undefined ? {} : { after: after.version }),
      };
      const entry = { kind, type, name, ...versions, brings: 0 };
      direct.push(entry);
      byName.set(`${type} ${name}`, entry);
    } else if (root === undefined) others++;
    else through.push({ type, name: root });
  }
  for (const { type, name } of through) {
    const known = byName.get(`${type} ${name}`);
    if (known !== undefined) known.brings++;
    else {
      const entry = { kind: "unchanged", type, name, brings: 1 } as const;
      direct.push(entry);
      byName.set(`${type} ${name}`, entry);
    }
  }
  return {
    lockfile,
    counts: counts satisfies ChangeCounts,
    ...(closes === undefined ? {} : { closes }),
    direct: direct.sort((a, b) => ORDER[a.kind] - ORDER[b.kind] || b.brings - a.brings || compareText(a.name, b.name)),
    others,
  };
}

/** What comes is looked at first. */
const ORDER: Readonly<Record<DirectChange["kind"], number>> = {
  added: 0,
  replaced: 1,
  downgraded: 2,
  upgraded: 3,
  unchanged: 4,
  removed: 5,
};
