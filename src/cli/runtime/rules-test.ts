import { readRuleTests } from "../../collect/runtime/rule-tests.ts";
import { counted } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import { namedRules } from "../../scan/runtime-rules.ts";
import { type RuleTestResult, ruleTester } from "../../scan/runtime-tests.ts";
import { knownWord } from "../known-word.ts";
import { refuseBroken } from "./diagnostics-text.ts";
import { type RulesOptions, rulesAt } from "./rules-at.ts";

export interface RulesTestOptions extends RulesOptions {
  readonly rules: readonly string[];
}

/** `bulkhead runtime rules test TESTS…`: 0 where all hold, 1 where one does not. */
export async function runtimeRulesTest(places: readonly string[], options: RulesTestOptions): Promise<number> {
  const format = knownWord(options.format, ["text", "json"], { place: `--format ${options.format}`, what: "format" });
  const files = await readRuleTests(places);
  const results: RuleTestResult[] = [];
  // Only tests that bring no rules need those of the caller.
  const own = files.some(({ rules }) => rules.length === 0) || options.rules.length > 0;
  const common = own ? await rulesAt(options.rules, options) : undefined;
  for (const { rules, tests } of files) {
    const isOwn = options.rules.length === 0 && rules.length > 0;
    const { loaded } =
      common === undefined || isOwn
        ? await namedRules(rules, (await rulesAt(rules, options)).policy, process.cwd())
        : common;
    refuseBroken(loaded);
    const runTest = ruleTester(loaded);
    for (const test of tests) results.push(await runTest(test));
  }
  const failed = results.filter(({ failures }) => failures.length > 0);
  const exitCode = failed.length > 0 ? 1 : 0;
  if (format === "json") {
    const json = results.map(({ test: { name, place }, failures }) => ({ name, place, failures }));
    process.stdout.write(`${JSON.stringify({ tests: json, exitCode }, null, 2)}\n`);
    return exitCode;
  }
  for (const { test, failures } of failed) {
    process.stdout.write(`${printable(`✗ ${test.name} (${test.place})`)}\n`);
    for (const failure of failures) process.stdout.write(`    ${printable(failure)}\n`);
  }
  const passed = results.length - failed.length;
  process.stdout.write(
    `${exitCode === 0 ? "✓" : "✗"} ${counted(results.length, "test")}: ${passed} passed, ${failed.length} failed · exit code ${exitCode}\n`,
  );
  return exitCode;
}
