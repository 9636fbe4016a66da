/** Drafts as text. */

import { writeYaml } from "../../formats/yaml/write.ts";
import type { Allow, Draft } from "./model.ts";

/** One document, with a line's end and without the `---` before it. */
export function writeDraft(draft: Draft, allows: readonly Allow[] = draft.allows, isTrial = false): string {
  const { object, comments } = draft.build(allows, isTrial);
  const above = draft.comments.map((line) => `# ${line}\n`).join("");
  return above + writeYaml(object, comments);
}
