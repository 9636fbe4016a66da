import { isEvidenceProblem } from "../../../core/problem.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import { isContainerId } from "../../../engines/events/containers/values.ts";

/**
 * What is known of each; one whose files are broken or gone meanwhile is left out, and asked for again when an event names it.
 */
export async function listed(
  ids: readonly string[],
  read: (id: string) => Promise<ContainerFacts | undefined>,
  signal: AbortSignal,
): Promise<readonly ContainerFacts[]> {
  const found: ContainerFacts[] = [];
  for (const id of ids) {
    signal.throwIfAborted();
    try {
      const facts = await read(id);
      if (facts !== undefined) found.push(facts);
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
    }
  }
  return found;
}

/** The one that is called so, whole or by its first 12 characters or more; none where several begin so. */
export function idsWith(id: string, ids: readonly string[]): readonly string[] {
  if (!isContainerId(id)) return [];
  if (ids.includes(id)) return [id];
  const found = id.length < 12 ? [] : ids.filter((each) => each.startsWith(id));
  return found.length === 1 ? found : [];
}
