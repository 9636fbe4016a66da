import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type TestContext, test } from "node:test";
import { readClock } from "../../core/clock.ts";
import { freshName, removeLeftovers } from "./leftovers.ts";
import { writeWhole } from "./write.ts";

function folder(context: TestContext): string {
  const path = mkdtempSync(join(realpathSync(tmpdir()), "bulkhead-leftovers-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The number of a process that has ended. */
const gone = spawnSync(process.execPath, ["--version"]).pid;

function left(path: string, pid: number, seconds: number): string {
  const place = freshName(path).replace(`.${process.pid}.`, `.${pid}.`);
  writeFileSync(place, "half");
  const then = new Date(readClock().getTime() - seconds * 1_000);
  utimesSync(place, then, then);
  return basename(place);
}

test("what a killed run left beside a file goes with the next write", (context) => {
  const root = folder(context);
  const report = join(root, "report.json");
  left(report, gone, 120);
  left(report, process.pid, 7_200);
  writeWhole(report, "whole");
  assert.deepEqual(readdirSync(root), ["report.json"]);
});

test("what another run may still be writing stays, as does what is not ours", (context) => {
  const root = folder(context);
  const report = join(root, "report.json");
  const others = [
    left(report, process.pid, 600),
    left(report, gone, 10),
    left(join(root, "other.json"), gone, 7_200),
    ".report.json.1.new",
  ];
  writeFileSync(join(root, ".report.json.1.new"), "theirs");
  symlinkSync("nowhere", join(root, `.report.json.${gone}.0123456789ab.new`));
  removeLeftovers(report);
  assert.deepEqual(readdirSync(root).sort(), [...others, `.report.json.${gone}.0123456789ab.new`].sort());
});

test("a folder that cannot be read is no error here", (context) => {
  removeLeftovers(join(folder(context), "none", "report.json"));
});
