/** What a finding's change is, before it is tried. */
import type { Graded, TextEdit } from "../../core/finding.ts";

export interface Proposal extends Graded {
  readonly edits: readonly [TextEdit, ...TextEdit[]];
}
