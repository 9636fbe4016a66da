/** What is asked of a rule's output before it is loaded. */
import type { EventSource } from "../model.ts";
import type { RuleChecker } from "./checker.ts";
import type { KnownRule } from "./collect.ts";
import { diagnosticIn, type ItemContext, RuleFault } from "./diagnostics.ts";
import type { Diagnostic } from "./model.ts";
import { parseOutput } from "./output.ts";
import { contextOf } from "./read-values.ts";
import { deprecatedFields } from "./suspicious.ts";

/** Old files have it in every output; what it stood for is told with each alert. */
export function withoutContainerInfo(output: string): string {
  return output.replaceAll("%container.info", "");
}

/**
 * @returns false where the rule is to be left out (`skip-if-unknown-filter`)
 * @throws RuleFault with LOAD_ERR_COMPILE_OUTPUT
 */
export function checkOutput(
  rule: KnownRule,
  output: string,
  source: EventSource,
  warnings: Diagnostic[],
  checker: Pick<RuleChecker, "isField"> | undefined,
): boolean {
  const context: ItemContext = contextOf(rule.output.first, "rule output", "", rule.context);
  const parsed = parseOutput(output, (text) => checker?.isField(text, source) ?? true);
  if ("fault" in parsed) {
    const inner = [{ what: "rule output expression", ...rule.output.at(parsed.at) }];
    if (!parsed.unknownField || !rule.skipIfUnknownFilter)
      throw new RuleFault(diagnosticIn(context, "error", "LOAD_ERR_COMPILE_OUTPUT", parsed.fault, inner));
    warnings.push(diagnosticIn(context, "warning", "LOAD_UNKNOWN_FILTER", parsed.fault, inner));
    return false;
  }
  for (const field of Object.keys(deprecatedFields))
    if (parsed.parts.some((part) => typeof part !== "string" && part.name === field))
      warnings.push(
        diagnosticIn(
          context,
          "warning",
          "LOAD_DEPRECATED_ITEM",
          `usage of deprecated field '${field}' has been detected in the rule output`,
        ),
      );
  return true;
}
