import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Report } from "../core/report.ts";
import { runs } from "../core/runs.fixture.ts";
import { formats } from "./formats.ts";
import { withTexts } from "./hostile.fixture.ts";
import { render } from "./rendered.fixture.ts";
import { sampleReport } from "./sample.ts";

/** As actions/runner takes a line for a command (ActionCommand.TryParseV2, then TryParse), and other services theirs. */
function isCommand(line: string): boolean {
  return /^\s*::[a-z-]+/i.test(line) || /##[a-z]*\[/i.test(line) || /section_(?:start|end):\d/i.test(line);
}

const command = fc.constantFrom(
  "::stop-commands::x",
  "\n::stop-commands::x",
  "a ::set-env name=a::b",
  "##[command]x",
  "\r\n##vso[task.complete]",
  "##teamcity[buildStop comment='x']",
  "section_start:0:x\r\u001b[0K",
  "\u00a0::error::x",
);
/** Words of any length before it, so that wrapping cuts anywhere. */
const hostile = fc
  .tuple(fc.stringMatching(/^[a-z ]{0,90}$/), command, fc.stringMatching(/^[a-z ]{0,90}$/))
  .map((parts) => parts.join(""));

for (const format of formats) {
  test(`no name that a report holds is a command to a log: ${format}`, () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 10, max: 120 }), fc.boolean(), (text, columns, all) => {
        const report = withTexts(sampleReport, () => text) as Report;
        const shown = render(report, format, { columns, color: false, all });
        const own = format === "github" ? /^::(?:error|warning|notice) / : /^$/;
        for (const line of shown.split("\n")) assert.ok(own.test(line) || !isCommand(line), line);
        if (format === "github") assert.doesNotMatch(shown, /##[a-z]*\[/i);
      }),
      runs(40),
    );
  });
}
