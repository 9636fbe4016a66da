import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { dependabotCodeExecution } from "./dependabot-code-execution.ts";
import { dependabotCooldown } from "./dependabot-cooldown.ts";
import { dependabotFindings, told } from "./pipelines/workflow.fixture.ts";

const update = (ecosystem: string, more = "") =>
  `  - package-ecosystem: ${ecosystem}\n    directory: /\n    schedule: { interval: daily }\n${more}`;
const file = (...updates: string[]) => `version: 2\nupdates:\n${updates.join("")}`;

test("updates without a cooldown, or with a short one", () => {
  const text = file(
    update("npm"),
    update("pip", "    cooldown:\n      default-days: 2\n"),
    update("cargo", "    cooldown: {}\n"),
    update("gomod", "    cooldown: { default-days: 7 }\n"),
    update("npm"),
  );
  assert.deepEqual(told(dependabotFindings(dependabotCooldown, text)), [
    "medium 3,19: npm updates wait 3 days after a release (2 places)",
    "medium 10: pip updates wait 2 days after a release",
    "medium 14: cargo updates wait 3 days after a release",
  ]);
  const dependencies = { ...defaultPolicy.dependencies, cooldownDays: 2 };
  assert.deepEqual(told(dependabotFindings(dependabotCooldown, text, { dependencies })), []);
});

test("updates that may run code", () => {
  const text = file(
    update("bundler", "    insecure-external-code-execution: allow\n"),
    update("pip", "    insecure-external-code-execution: deny\n"),
    update("npm"),
  );
  assert.deepEqual(told(dependabotFindings(dependabotCodeExecution, text)), [
    "high 6: Dependabot may run code of bundler dependencies",
  ]);
});
