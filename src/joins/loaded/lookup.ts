/** From what `runtime learn` wrote to what it says of each image that is scanned. */
import { readImageFiles } from "../../collect/image/image-files.ts";
import type { Evidence } from "../../core/evidence.ts";
import { asProblem, isEvidenceProblem } from "../../core/problem.ts";
import type { ImageFiles, Inventory } from "../../engines/contents/model.ts";
import type { Learned } from "../../engines/events/learn/model.ts";
import type { OpenImage } from "../../engines/oci/image.ts";
import type { LearnedLookup } from "../../scan/context.ts";
import { type Age, aged, watchedUntil } from "./aged.ts";
import { driftOf } from "./drift.ts";
import { allUnknown, joinLoaded } from "./join.ts";
import { observedOf, workloadsOf } from "./observed.ts";
import { programsOf } from "./programs.ts";

/** The lookup, and how many of the workloads no scanned image was of. */
export interface LearnedJoin {
  readonly lookup: LearnedLookup;
  /** Notes for the report, once all images were scanned. */
  notes(): string[];
}

/** @param name - of the file, for notes */
export function learnedJoin(learned: Learned, name: string): LearnedJoin {
  const met = new Set<object>();
  let unmet = 0;
  return {
    async lookup(image, inventory, context) {
      const workloads = workloadsOf(learned, image);
      const observed = observedOf(learned, image);
      for (const workload of workloads) met.add(workload);
      if (observed === undefined) {
        unmet += 1;
        return { inventory: unknownOf(inventory, `no workload of ${name} ran this image`), evaluations: [] };
      }
      const files = await filesOf(image, programsOf(observed), context.signal);
      const drifted = { ...context, image: image.configDigest, others: observed.others };
      const evaluations = workloads.flatMap((workload) =>
        driftOf(workload, "why" in files ? undefined : files, drifted),
      );
      if ("why" in files) return { inventory: unknownOf(inventory, files.why), evaluations };
      if (inventory.state === "absent") return { inventory, evaluations };
      const age = { now: context.now, days: context.policy.runtime.observedDays };
      const joined = joinLoaded(inventory.facts, files, observed);
      return { inventory: { ...inventory, facts: dated(joined, watchedUntil(workloads), age) }, evaluations };
    },
    notes() {
      const left = learned.workloads.filter((workload) => !met.has(workload)).length;
      return [
        ...(unmet === 0
          ? []
          : [`${name}: no workload ran ${unmet === 1 ? "1 image" : `${unmet} images`} of those scanned`]),
        ...(left === 0
          ? []
          : [`${name}: the images of ${left === 1 ? "1 workload" : `${left} workloads`} were not scanned`]),
      ];
    },
  };
}

function dated(inventory: Inventory, until: string | undefined, age: Age): Inventory {
  if (until === undefined) return inventory;
  const packages = inventory.packages.map((item) =>
    item.loaded === undefined ? item : { ...item, loaded: aged(item.loaded, until, age) },
  );
  return { ...inventory, packages };
}

async function filesOf(
  image: OpenImage,
  programs: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<ImageFiles | { readonly why: string }> {
  try {
    return await readImageFiles(image, programs, signal);
  } catch (error) {
    const problem = asProblem(error, image.store.place);
    if (!isEvidenceProblem(problem)) throw error;
    return { why: `the image could not be read: ${problem.message}` };
  }
}

function unknownOf(inventory: Evidence<Inventory>, reason: string): Evidence<Inventory> {
  return inventory.state === "absent" ? inventory : { ...inventory, facts: allUnknown(inventory.facts, reason) };
}
