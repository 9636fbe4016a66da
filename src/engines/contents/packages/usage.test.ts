import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { PackageRecord } from "../model.ts";
import { type Usage, withUsage } from "./usage.ts";

function record(reference: string, dependsOn: readonly string[] = [], usage?: Usage): PackageRecord {
  const stated = usage === undefined ? {} : { usage };
  return { type: "npm", name: reference, version: "1", licenses: [], reference, dependsOn, ...stated };
}

function usages(records: readonly PackageRecord[]): Record<string, Usage | undefined> {
  return Object.fromEntries(records.map(({ name, usage }) => [name, usage]));
}

describe("withUsage", () => {
  test("a package is used in the strongest way that leads to it", () => {
    const records = [record("app", ["both"]), record("tool", ["both", "only"]), record("both"), record("only")];
    const roots = [
      { reference: "app", usage: "runtime" as const },
      { reference: "tool", usage: "development" as const },
    ];
    const read = withUsage(records, roots, new Map());
    assert.deepEqual(usages(read), { app: "runtime", tool: "development", both: "runtime", only: "development" });
  });

  test("an optional step weakens a way, but not one of development further", () => {
    const records = [
      record("app", ["native"]),
      record("native", ["deep"]),
      record("deep"),
      record("tool", ["other"]),
      record("other"),
    ];
    const roots = [
      { reference: "app", usage: "runtime" as const },
      { reference: "tool", usage: "development" as const },
    ];
    const optional = new Map([
      ["app", new Set(["native"])],
      ["tool", new Set(["other"])],
    ]);
    assert.deepEqual(usages(withUsage(records, roots, optional)), {
      ...{ app: "runtime", native: "optional", deep: "optional", tool: "development", other: "development" },
    });
  });

  test("what the file states counts, and what no root leads to is not told", () => {
    const records = [record("a", ["b"], "development"), record("b"), record("c")];
    const read = withUsage(records, [{ reference: "a", usage: "runtime" }], new Map());
    assert.deepEqual(usages(read), { a: "development", b: "runtime", c: undefined });
  });

  test("agrees with a search over all ways, whatever cycles there are", () => {
    const size = 6;
    const node = fc.nat(size - 1);
    const strength: readonly Usage[] = ["development", "optional", "runtime"];
    const edges = fc.array(fc.tuple(node, node, fc.boolean()), { maxLength: 14 });
    const roots = fc.array(fc.tuple(node, fc.nat(2)), { maxLength: 3 });
    fc.assert(
      fc.property(edges, roots, (stated, from) => {
        const best = new Map<number, number>();
        const visit = (at: number, reached: number): void => {
          if ((best.get(at) ?? -1) >= reached) return;
          best.set(at, reached);
          for (const [a, b] of stated) {
            // Of an edge that is stated in both ways, the optional counts.
            const optional = stated.some(([x, y, z]) => x === a && y === b && z);
            if (a === at) visit(b, optional ? Math.min(reached, 1) : reached);
          }
        };
        for (const [at, reached] of from) visit(at, reached);
        const records = Array.from({ length: size }, (_, at) =>
          record(String(at), [...new Set(stated.filter(([a]) => a === at).map(([, b]) => String(b)))]),
        );
        const optional = new Map<string, Set<string>>();
        for (const [a, b, z] of stated)
          if (z) optional.set(String(a), (optional.get(String(a)) ?? new Set()).add(String(b)));
        const read = withUsage(
          records,
          from.map(([at, reached]) => ({ reference: String(at), usage: strength[reached] as Usage })),
          optional,
        );
        for (const { name, usage } of read) assert.equal(usage, strength[best.get(Number(name)) ?? -1]);
      }),
    );
  });
});
