/** What is wrong with a condition: thrown inside the compiler alone, which hands it out as a {@link ConditionFault}. */

export interface ConditionFault {
  /** `unknown-field`: another engine may know it; rules can ask to be skipped for it (`skip-if-unknown-filter`). */
  readonly kind: "unknown-field" | "invalid";
  /** One sentence without a full stop; upstream's words where users know them. */
  readonly message: string;
  /** Offset in the condition's text. */
  readonly at: number;
}

export class FaultError extends Error {
  readonly kind: ConditionFault["kind"];
  /** Absent where it is the part's that is being compiled. */
  readonly at: number | undefined;

  constructor(message: string, at?: number, kind: ConditionFault["kind"] = "invalid") {
    super(message);
    this.kind = kind;
    this.at = at;
  }
}
