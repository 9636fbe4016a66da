/** What `--fix` and `workload fix` say of the changes that they did not make: one line a cause. */
import { counted } from "../core/counted.ts";
import type { Finding, FixGrade, Graded } from "../core/finding.ts";

export interface LeftFix {
  /** Place and finding: `Dockerfile:3: …`. */
  readonly about: string;
  /** Absent where the change is no matter of its grade: it does not end the finding, it cannot be written. */
  readonly grade?: FixGrade;
  /** One sentence without a full stop. */
  readonly reason: string;
}

/** The grade and reason of what is proven and not made. */
export function causeOf({ fix }: Finding): Pick<LeftFix, "grade" | "reason"> {
  if (fix?.kind !== "edit" && fix?.kind !== "patch") return { reason: "no automatic fix" };
  return { grade: fix.grade, reason: fix.reason };
}

/** Behind what was made and is not known to be safe. */
export function warningOf(graded: Graded | undefined): string {
  return graded === undefined || graded.grade === "safe" ? "" : `; ${graded.grade}: ${graded.reason}`;
}

const REMEDIES: Readonly<Record<FixGrade, string>> = {
  safe: "",
  likely: " (use --unsafe)",
  "needs knowledge": " (fix by hand)",
};

/** `2 not fixed: likely: … (use --unsafe): Dockerfile:3: … and 1 more`. */
export function leftNotes(left: readonly LeftFix[]): string[] {
  const causes = Map.groupBy(left, ({ grade, reason }) => JSON.stringify([grade ?? "", reason]));
  return [...causes.values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const { about, grade, reason } = first;
    const cause = grade === undefined ? reason : `${grade}: ${reason}${REMEDIES[grade]}`;
    const more = some.length === 1 ? "" : `, and ${some.length - 1} more`;
    return [`${counted(some.length, "finding")} not fixed: ${cause}: ${about}${more}`];
  });
}
