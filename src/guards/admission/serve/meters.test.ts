import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { goodContainer, podOf, requestFor } from "../guard.fixture.ts";
import { createMeters } from "./meters.ts";
import { ask, serveForTest } from "./served.fixture.ts";

const documented = readFileSync(join(import.meta.dirname, "../../../../docs/admission-serve.md"), "utf8");

test("every metric that is told is documented with its labels, and every documented one is there", async (t) => {
  const served = await serveForTest(t);
  await ask(served, requestFor(podOf([{ ...goodContainer, securityContext: { privileged: true } }])));
  const told = new Set([...(await served.metrics()).matchAll(/^# TYPE (\S+)/gm)].map(([, name = ""]) => name));
  for (const name of told) assert.ok(documented.includes(`\`${name}\``), name);
  const names = new Set([...documented.matchAll(/`(bulkhead_admission_[a-z_]+)`/g)].map(([, name = ""]) => name));
  const made: { name: string; labels: readonly string[] }[] = [];
  const kept = ({ name, labels = [] }: { name: string; labels?: readonly string[] }) => {
    made.push({ name, labels });
    return {} as never;
  };
  createMeters({ counter: kept, gauge: kept, histogram: kept, onExpose: () => undefined, expose: () => "" });
  for (const { name, labels } of made) {
    assert.ok(documented.includes(`| \`${name}\` | ${labels.join(", ")}${labels.length === 0 ? "" : " "}|`), name);
  }
  const known = new Set([...told, ...made.map(({ name }) => name)]);
  assert.deepEqual(
    [...names].filter((name) => !known.has(name)),
    [],
  );
});
