/** Until when what an image's name states gets security fixes, by the dated table. */
import { type Evidence, type Gap, present } from "../../../core/evidence.ts";
import type { Lifecycle, ReleaseLifecycle } from "../model.ts";
import type { NamedRelease } from "../named/model.ts";
import { lifecycleGap, lifecycleTerm } from "./lifecycle.ts";
import { supportOf } from "./support.ts";
import { LIFECYCLE_AS_OF } from "./table.ts";

/** Undefined where the name states no release. */
export function lifecycleByName(named: readonly NamedRelease[], now: Date): Evidence<Lifecycle> | undefined {
  if (named.length === 0) return undefined;
  const gaps: Gap[] = [];
  const releases: ReleaseLifecycle[] = [];
  for (const { kind, product, version } of named) {
    const support = supportOf(product, version, now);
    if (support.state === "unknown") gaps.push(lifecycleGap(support.reason));
    else if (support.state === "dated") releases.push({ kind, ...support.lifecycle, packages: [] });
  }
  const { observedAt, ...term } = lifecycleTerm;
  return present({ asOf: LIFECYCLE_AS_OF, releases }, observedAt, { gaps, ...term });
}
