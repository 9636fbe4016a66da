import { join } from "node:path";
import { wholeProgram } from "../../src/cli/program.ts";
import type { CheckDescription } from "../../src/core/check.ts";
import { commandsPage } from "./commands.ts";
import { eventFieldsPage } from "./event-fields.ts";
import { exitCodesPage } from "./exit-codes.ts";
import { figuresPage } from "./figures.ts";
import { formatsPage } from "./formats.ts";
import { gapCodesPage } from "./gap-codes.ts";
import { policyPage } from "./policy-keys.ts";
import { runtimeRulesPage } from "./runtime-rules.ts";

const program = await wholeProgram();

/**
 * The pages of docs/reference: path from the root → text.
 * @param project - the project's own folder @param checks - all, as they are now: their index may be stale
 */
export function referencePages(project: string, checks: readonly CheckDescription[]): ReadonlyMap<string, string> {
  return new Map([
    ["docs/reference/commands.md", commandsPage(program)],
    ["docs/reference/event-fields.md", eventFieldsPage()],
    ["docs/reference/exit-codes.md", exitCodesPage(program)],
    ["docs/reference/figures.md", figuresPage(program, project, checks)],
    ["docs/reference/formats.md", formatsPage(program)],
    ["docs/reference/gap-codes.md", gapCodesPage(join(project, "src"))],
    ["docs/reference/policy.md", policyPage()],
    ["docs/reference/runtime-rules.md", runtimeRulesPage(project)],
  ]);
}
