/** What lockfiles pin, evaluated by those checks over dependencies that need no comparison: there is nothing before it. */
import { vulnerabilitiesOfChanges } from "../collect/dependencies/advisories.ts";
import { readSide } from "../collect/dependencies/sides.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { changesBetween } from "../engines/packages/changes-between.ts";
import { evaluateDependencies, stateChecks } from "../evaluate/build/dependencies.ts";
import type { ScanContext } from "./context.ts";

/**
 * Whether what is pinned is malicious, comes from where the policy allows, is held to its contents, and is what its
 * manifest asks for. Packages for development are among it: what is installed on a developer's machine runs there.
 *
 * @param paths - of lockfiles below the root, those alone that are evaluated
 */
export async function scanLockfileState(
  root: string,
  paths: readonly string[],
  context: ScanContext,
): Promise<Evaluation[]> {
  if (paths.length === 0) return [];
  const { advisories, now, policy, exclusion } = context;
  const side = await readSide({ kind: "folder", path: root }, exclusion === undefined ? {} : { exclusion });
  const { changes } = changesBetween({ name: "", lockfiles: [], found: 0, gaps: [] }, side);
  const vulnerabilities = vulnerabilitiesOfChanges(changes, [], {
    advisories,
    now,
    maxAgeDays: policy.advisories.maxAgeDays,
  });
  const byLockfile = Map.groupBy(changes, ({ lockfile }) => lockfile);
  const named = new Set(paths);
  return side.lockfiles
    .filter(
      ({ path, packages, mismatches, gaps }) =>
        named.has(path) && packages.length + mismatches.length + gaps.length > 0,
    )
    .flatMap(({ path, mismatches, gaps }) =>
      evaluateDependencies(
        {
          ...{ path, mismatches, gaps, common: vulnerabilities.common },
          changes: (byLockfile.get(path) ?? []).map((change) => {
            const flaws = vulnerabilities.of(change);
            return { change, evidence: flaws === undefined ? {} : { vulnerabilities: flaws } };
          }),
        },
        context,
        stateChecks,
      ),
    );
}
