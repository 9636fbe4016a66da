/** A condition of `rules:if` ("CI/CD variable expressions") as a tree. Offsets are of its text. */
export type GitlabCondition = { readonly start: number; readonly end: number } & (
  | { readonly kind: "and" | "or"; readonly left: GitlabCondition; readonly right: GitlabCondition }
  | { readonly kind: "not"; readonly operand: GitlabCondition }
  | {
      readonly kind: "compare";
      readonly operator: "==" | "!=" | "=~" | "!~";
      readonly left: GitlabOperand;
      readonly right: GitlabOperand;
    }
  /** Alone: a variable holds where it is there and not empty. */
  | { readonly kind: "value"; readonly value: GitlabOperand }
);

export type GitlabOperand = { readonly start: number; readonly end: number } & (
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "null" }
  /** RE2, between its slashes. */
  | { readonly kind: "pattern"; readonly source: string; readonly flags: string }
  /** `$[[ inputs.name ]]` that nothing filled in, or a bare word. */
  | { readonly kind: "unknown"; readonly text: string }
);
