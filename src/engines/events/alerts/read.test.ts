import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { printable } from "../../../core/printable.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { bounds } from "../bounds.ts";
import {
  alertOf,
  capitalized,
  falcoAlert,
  guardDutyFinding,
  readAll as read,
  sccFinding,
  tetragonKprobe,
  tetragonProcess,
} from "./alerts.fixture.ts";
import { detectorOf } from "./read.ts";

describe("documents of any detector", () => {
  const documents = [
    falcoAlert(),
    tetragonKprobe(),
    guardDutyFinding(),
    capitalized(guardDutyFinding()),
    sccFinding(),
    { finding: sccFinding() },
  ];

  test("are told apart, and from others", () => {
    const names = ["falco", "tetragon", "guardduty", "guardduty", "security-command-center", "security-command-center"];
    assert.deepEqual(documents.map(detectorOf), names);
    assert.equal(detectorOf({ Type: "Notification", Message: JSON.stringify(guardDutyFinding()) }), "guardduty");
    for (const other of [
      undefined,
      null,
      5,
      [],
      {},
      { kind: "Event" },
      { Findings: [{ Id: 1 }] },
      { message: { data: "x" } },
    ]) {
      assert.equal(detectorOf(other), undefined, JSON.stringify(other));
    }
    assert.deepEqual(read({ kind: "Event" }).lost, ["1 not an alert of a known detector"]);
  });

  test("hold what an attacker wrote, escaped and cut", () => {
    const hostile = `\u001b[2J\n${"x".repeat(10_000)}\ud800`;
    const documents = [
      falcoAlert({
        output: hostile,
        output_fields: { "proc.cmdline": hostile, "proc.name": hostile, [hostile]: hostile },
      }),
      tetragonKprobe({ process: tetragonProcess({ arguments: hostile, binary: hostile }) }),
      guardDutyFinding({ title: hostile, type: hostile }),
      sccFinding({ category: hostile, processes: [{ name: hostile, args: [hostile] }] }),
    ];
    for (const document of documents) {
      const alert = alertOf(document);
      const texts: string[] = [];
      const text = JSON.stringify(alert, (key, value) => {
        texts.push(key, String(value));
        return typeof value === "bigint" ? String(value) : value;
      });
      for (const each of texts) assert.equal(printable(each), each);
      assert.ok(
        texts.some((each) => each.startsWith("\\u001b[2J\\u000ax")),
        text.slice(0, 200),
      );
      assert.ok(text.length < bounds.alertText * 12, String(text.length));
    }
  });

  test("never make it throw, whatever stands in them", () => {
    const mutated = fc
      .tuple(
        fc.constantFrom(...documents.map((each) => JSON.stringify(each))),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]":,0n')), { maxLength: 4 }),
      )
      .map(([text, changes]) =>
        changes.reduce((before, [at, by]) => {
          const place = at % before.length;
          return before.slice(0, place) + by + before.slice(place + 1);
        }, text),
      );
    const odd = fc
      .constantFrom(...documents)
      .chain((document) =>
        fc
          .tuple(fc.constantFrom(...Object.keys(document as object)), fc.jsonValue({ maxDepth: 3 }))
          .map(([key, value]) => ({ ...(document as object), [key]: value })),
      );
    fc.assert(
      fc.property(fc.oneof(mutated, odd), (given) => {
        let document: unknown = given;
        if (typeof given === "string") {
          try {
            document = JSON.parse(given);
          } catch {
            return;
          }
        }
        const { alerts, passed, lost } = read(document);
        assert.ok(alerts.length + passed.length + lost.length > 0);
        for (const { count, first, last, ancestors = [] } of alerts.map((each) => ({
          ...each,
          ancestors: each.process?.ancestors,
        }))) {
          assert.ok(count >= 1 && first <= last && ancestors.length <= 8);
        }
      }),
      runs(2_000),
    );
  });
});
