import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Command } from "commander";
import { checks } from "../../src/checks/index.ts";
import { wholeProgram } from "../../src/cli/program.ts";
import { settingKeys } from "../../src/collect/policy/settings.ts";
import { fieldsOf } from "../../src/engines/events/fields/sources.ts";
import { formats } from "../../src/report/formats.ts";
import { commandsPage, leaves, pathOf } from "./commands.ts";
import { gapCodes } from "./gap-codes.ts";
import { referencePages } from "./pages.ts";

const program = await wholeProgram();

const root = join(import.meta.dirname, "..", "..");
const pages = referencePages(root, checks);
const pageOf = (name: string): string => pages.get(`docs/reference/${name}.md`) ?? "";

test("every command, argument and option is in the reference of commands", () => {
  const page = pageOf("commands");
  const commands = leaves(program);
  assert.ok(commands.length > 20);
  for (const command of commands) {
    const [, section = ""] = page.split(`\n## ${pathOf(command)}\n`);
    const [own = ""] = section.split("\n## ");
    for (const option of command.options) {
      assert.ok(own.includes(`\`${option.long}`), `${pathOf(command)} ${option.long}`);
      assert.ok(page.includes(`| \`${option.flags}\` |`), option.flags);
    }
    for (const argument of command.registeredArguments) assert.ok(own.includes(argument.name()), argument.name());
  }
});

test("an option that many commands have is described once, and one that differs in each", () => {
  const made = new Command("made").description("d");
  for (const name of ["a", "b", "c", "d"]) {
    made.command(name).description(`does ${name}`).option("--same <x|y>", "one for all").option("--own", `of ${name}`);
  }
  const page = commandsPage(made);
  assert.equal(page.split("one for all").length, 2);
  assert.match(page, /\n\| `--same <x\\\|y>` \| one for all \|\n/);
  for (const name of ["a", "b", "c", "d"]) assert.match(page, new RegExp(`\\| \`--own\` \\| of ${name} \\|`));
  assert.match(page, /## made a\n\nDoes a\.\n/);
});

test("every key of the policy has its row with default and stricter direction, and every format its own", () => {
  for (const key of settingKeys) {
    const line = pageOf("policy")
      .split("\n")
      .find((each) => each.startsWith(`| \`${key}\` |`));
    assert.equal(line?.split(/(?<!\\) \| /).length, 5, key);
  }
  for (const format of formats) assert.ok(pageOf("formats").includes(`| \`${format}\` |`), format);
});

test("every field of events has its row, and a field that a page of the documentation names exists", () => {
  const page = pageOf("event-fields");
  for (const source of ["syscall", "k8s_audit"] as const) {
    for (const { name } of fieldsOf(source).all)
      assert.match(page, new RegExp(`^\\| \`${name.replaceAll(".", "[.]")}[\`[K]`, "m"));
  }
  const named = [...page.matchAll(/`((?:evt|syscall|proc|thread|user|group|fd|fdlist|fs|container|k8s)\.[^` ]+)`/g)];
  assert.ok(named.length > 300);
  for (const [, text = ""] of named) {
    const found = fieldsOf("syscall").find(text.replace("[n]", "[0]"));
    assert.ok(!("problem" in found && found.unknown), text);
  }
});

test("codes of gaps are found however they are written", () => {
  const codes = gapCodes(join(root, "src"));
  for (const code of [
    "advisories.no-coverage",
    // Of a union of the readers of YAML, and one of doubts about versions.
    "kubernetes.duplicate-key",
    "advisories.version",
    // Put together where they are made.
    "dockerfile.unknown-flag",
    "cluster.unreachable",
    "sbom.json",
    // Handed on as an argument.
    "registry.throttled",
    "severity.unknown",
  ]) {
    assert.ok(codes.includes(code), code);
  }
  for (const code of ["cli.usage", "policy.invalid", "oci.reference", "licenses.deny", "bundle.age"]) {
    assert.ok(!codes.includes(code), code);
  }
  assert.deepEqual(codes, [...new Set(codes)].sort());
});
