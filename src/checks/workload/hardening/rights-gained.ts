import type { Graded } from "../../../core/finding.ts";
import type { Container } from "../../../engines/kubernetes/model.ts";
import { rightsGained } from "../../knowledge/node-programs.ts";

/** Of a change that takes from setuid programs what they are for. */
export function gradedByRights(container: Container): Graded | undefined {
  const reason = rightsGained(container);
  return reason === undefined ? undefined : { grade: "needs knowledge", reason };
}
