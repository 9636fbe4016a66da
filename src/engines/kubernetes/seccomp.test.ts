import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { readSeccompProfile } from "./seccomp.ts";

test("rules keep their names, action and conditions", () => {
  const profile = readSeccompProfile(
    "a.json",
    JSON.stringify({
      defaultAction: "SCMP_ACT_ERRNO",
      syscalls: [
        { names: ["read", "write"], action: "SCMP_ACT_ALLOW", args: [], includes: {}, excludes: { caps: [] } },
        { name: "bpf", action: "SCMP_ACT_ALLOW", includes: { caps: ["CAP_BPF"] } },
        {
          names: ["clone"],
          action: "SCMP_ACT_ALLOW",
          args: [{ index: 0, value: 2114060288, op: "SCMP_CMP_MASKED_EQ" }],
        },
        { names: ["ptrace"], action: "SCMP_ACT_ALLOW", includes: { minKernel: "4.8" } },
      ],
    }),
  );
  assert.deepEqual(profile, {
    path: "a.json",
    defaultAction: "SCMP_ACT_ERRNO",
    rules: [
      { names: ["read", "write"], action: "SCMP_ACT_ALLOW", byArguments: false, conditional: false },
      { names: ["bpf"], action: "SCMP_ACT_ALLOW", byArguments: false, conditional: true },
      { names: ["clone"], action: "SCMP_ACT_ALLOW", byArguments: true, conditional: false },
      { names: ["ptrace"], action: "SCMP_ACT_ALLOW", byArguments: false, conditional: true },
    ],
  });
  assert.deepEqual(readSeccompProfile("b.json", '\uFEFF{"defaultAction":"SCMP_ACT_LOG"}').rules, []);
});

test("what is no profile is a Problem that names the place", () => {
  for (const text of [
    "",
    "[]",
    "{}",
    '{"defaultAction":1}',
    '{"defaultAction":"a","syscalls":{}}',
    '{"defaultAction":"a","syscalls":[1]}',
    '{"defaultAction":"a","syscalls":[{"names":["a"]}]}',
    '{"defaultAction":"a","syscalls":[{"names":[1],"action":"b"}]}',
    `{"defaultAction":"a"}${" ".repeat(2_000_000)}`,
  ]) {
    assert.throws(() => readSeccompProfile("p.json", text), { code: "kubernetes.seccomp-profile", place: "p.json" });
  }
});

test("any JSON is a profile or a Problem", () => {
  const shaped = fc.record(
    { defaultAction: fc.anything(), syscalls: fc.oneof(fc.anything(), fc.array(fc.anything())) },
    { requiredKeys: [] },
  );
  const name = fc.oneof({ weight: 5, arbitrary: fc.constantFrom("read", "write", "") }, fc.anything());
  const action = fc.oneof({ weight: 5, arbitrary: fc.constantFrom("SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO") }, fc.anything());
  const likely = fc.record({ defaultAction: action, syscalls: fc.array(fc.record({ names: fc.array(name), action })) });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.oneof(shaped, likely).map((value) => JSON.stringify(value, bigints) ?? ""),
      ),
      (text) => {
        try {
          const { rules } = readSeccompProfile("p.json", text);
          assert.ok(rules.every(({ names }) => names.every((name) => typeof name === "string")));
        } catch (error) {
          assert.ok(error instanceof Problem);
        }
      },
    ),
  );
});

function bigints(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
