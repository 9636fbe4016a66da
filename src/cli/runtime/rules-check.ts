import { counted } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import { usageProblem } from "../../core/problem.ts";
import type { Diagnostic } from "../../engines/events/falco/model.ts";
import { namedRules } from "../../scan/runtime-rules.ts";
import { knownWord } from "../known-word.ts";
import { diagnosticsText } from "./diagnostics-text.ts";
import { type RulesOptions, rulesAt } from "./rules-at.ts";
import { differences, differenceText } from "./rules-diff.ts";

export interface RulesCheckOptions extends RulesOptions {
  readonly against: readonly string[];
  readonly strict: boolean;
}

/** `bulkhead runtime rules check [RULES…]`: 0 where the rules can be loaded, 1 where they cannot. */
export async function runtimeRulesCheck(places: readonly string[], options: RulesCheckOptions): Promise<number> {
  const format = knownWord(options.format, ["text", "json"], { place: `--format ${options.format}`, what: "format" });
  const { policy, root, loaded, files } = await rulesAt(places, options);
  const other = options.against.length === 0 ? undefined : await namedRules(options.against, policy, root);
  if (other !== undefined && other.loaded.errors.length > 0) {
    process.stderr.write(diagnosticsText(other.loaded.errors));
    throw usageProblem(`--against ${options.against.join(" ")}`, "errors in the rules to compare with");
  }
  const found = other === undefined || loaded.errors.length > 0 ? [] : differences(other.loaded.rules, loaded.rules);
  const { rules, errors, warnings } = loaded;
  const exitCode = errors.length > 0 || (options.strict && warnings.length > 0) ? 1 : 0;
  if (format === "json") {
    const json = {
      files: files.map(({ name }) => name),
      rules: rules.map(({ name, source, priority, enabled }) => ({ name, source, priority, enabled })),
      errors: errors.map(diagnosticJson),
      warnings: warnings.map(diagnosticJson),
      ...(other === undefined ? {} : { differences: found }),
      exitCode,
    };
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
    return exitCode;
  }
  process.stdout.write(diagnosticsText([...errors, ...warnings]));
  if (other !== undefined) process.stdout.write(differenceText(found));
  const enabled = rules.filter((rule) => rule.enabled).length;
  const parts = [
    counted(files.length, "file"),
    ...(errors.length > 0 ? [] : [`${counted(rules.length, "rule")}, ${enabled} enabled`]),
    counted(errors.length, "error"),
    counted(warnings.length, "warning"),
  ];
  process.stdout.write(`${exitCode === 0 ? "✓" : "✗"} ${printable(parts.join(" · "))} · exit code ${exitCode}\n`);
  return exitCode;
}

function diagnosticJson({ severity, code, message, remedy, item, chain }: Diagnostic): object {
  return {
    severity,
    code,
    message,
    remedy,
    item,
    chain: chain.map(({ what, place }) => ({ what, ...place })),
  };
}
