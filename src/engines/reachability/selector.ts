/** Label selectors, as the API defines them (LabelSelector, meta/v1). */

/** All of its requirements must hold; one without any picks everything. */
export interface Selector {
  /** Equal for selectors that say the same. */
  readonly key: string;
  readonly requirements: readonly Requirement[];
}

export interface Requirement {
  readonly label: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values: readonly string[];
}
