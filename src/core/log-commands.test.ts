import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { withoutLogCommands } from "./log-commands.ts";
import { printable } from "./printable.ts";

test("commands of GitHub, Azure, TeamCity and GitLab are broken up", () => {
  for (const [text, broken] of [
    ["::stop-commands::x", ":\\u003astop-commands::x"],
    ["a \u00a0::add-mask::b", "a \u00a0:\\u003aadd-mask::b"],
    ["x##[error]y", "x#\\u0023[error]y"],
    ["###[group]", "##\\u0023[group]"],
    ["##VSO[task.setvariable variable=a]b", "#\\u0023VSO[task.setvariable variable=a]b"],
    ["##teamcity[buildStop]", "#\\u0023teamcity[buildStop]"],
    ["section_start:1:a", "section_start\\u003a1:a"],
    ["Section_End:1:a", "section_End\\u003a1:a"],
  ] as const) {
    assert.equal(withoutLogCommands(text), broken);
    assert.equal(printable(text), broken);
    assert.equal(printable(broken), broken);
  }
});

test("what is no command stays as it is", () => {
  for (const text of ["std::string a::b", "fe80::1 ::1", "## title [x]", "#[a]", "section_start", "::", "a:: b"]) {
    assert.equal(withoutLogCommands(text), text);
  }
});

test("in JSON the value is the same", () => {
  const part = fc.constantFrom(
    "::stop-commands::x",
    "##[error]",
    "section_start:",
    " ",
    "\n",
    "#",
    ":",
    "\\",
    '"',
    "a",
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const value = { [parts.join("")]: parts.join("") };
      const json = withoutLogCommands(JSON.stringify(value, undefined, 2));
      assert.deepEqual(JSON.parse(json), value);
      assert.doesNotMatch(json, /##[a-z]*\[/i);
    }),
  );
});
