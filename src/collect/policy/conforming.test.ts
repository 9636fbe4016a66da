import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { conforming } from "./conforming.ts";
import { policySchema } from "./schema.ts";
import { type MappingShape, policyShape, type Shape } from "./shape.ts";

const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom("", " ", " deny ", "2024-02-29", "2023-02-29", "0000-02-29", "2024-13-01", -0, 1.5, 1e300, NaN),
  fc.constantFrom("__proto__", "constructor", " shop ").map((name) => mapping([[name, "deny"]])),
);

/** As a document's: without a prototype. */
function mapping(entries: Iterable<readonly [string, unknown]>): object {
  const made: Record<string, unknown> = Object.create(null);
  for (const [key, value] of entries) made[key] = value;
  return made;
}

/** Mostly what keeps to the shape; a text's own form is met by few. */
function written(shape: Shape): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: kept(shape), weight: 30 }, { arbitrary: junk, weight: 1 });
}

function kept(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "flag":
      return fc.boolean();
    case "date":
      return fc.date({ min: new Date(0), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10));
    case "number":
      return fc.integer({ min: shape.from - 1, max: shape.to + 1 });
    case "choice":
      return fc.constantFrom(...shape.of);
    case "exact":
      return fc.constant(shape.text);
    case "text":
      return fc.oneof(
        fc.constantFrom("shop", "registry.example.com", "image/*", "10.0.0.0/8", "https://example.com", "a.pem", " a "),
        fc.integer({ min: shape.length - 1, max: shape.length + 1 }).map((length) => "a".repeat(length)),
      );
    case "list":
      return fc.array(written(shape.of), { minLength: shape.from ?? 0, maxLength: Math.min(shape.to ?? 3, 3) });
    case "named":
      return fc.array(fc.tuple(fc.constantFrom("shop", "image/*", " shop"), written(shape.of))).map(mapping);
    case "mapping":
      return mappingsOf(shape);
    case "any":
      return fc.oneof(...shape.of.map(written));
  }
}

function mappingsOf({ fields }: MappingShape): fc.Arbitrary<object> {
  const each = Object.entries(fields).map(([name, { shape, required }]) =>
    fc
      .tuple(fc.nat(required === true ? 30 : 2), fc.nat(200), written(shape))
      .map(([left, renamed, value]) =>
        (required === true ? left === 0 : left > 0) ? [] : [[renamed === 0 ? `${name}s` : name, value] as const],
      ),
  );
  return fc.tuple(...each).map((all) => mapping(all.flat()));
}

function hold(shape: Shape, value: unknown): boolean {
  const whole = mapping([["apiVersion", "bulkhead/v1"]]);
  const file = shape === policyShape ? value : Object.assign(whole, value);
  const taken = conforming(policyShape, file);
  const { success, data } = policySchema.safeParse(file);
  // What has names that come to the same is left to the schema.
  if (taken !== undefined) assert.deepEqual(taken, data);
  return (taken !== undefined) === success;
}

test("of a whole policy it says what the schema says", () => {
  let same = 0;
  let tried = 0;
  fc.assert(
    fc.property(written(policyShape), (value) => {
      tried++;
      if (hold(policyShape, value)) same++;
    }),
    runs(40),
  );
  assert.ok(same >= 0.9 * tried, `${same} of ${tried}`);
});

test("of each key by itself it takes what the schema takes, alike", () => {
  for (const [name, { shape }] of Object.entries(policyShape.fields)) {
    let isTaken = false;
    const values = written(shape);
    const hasTaken = (value: unknown): boolean => conforming(shape, value) !== undefined;
    fc.assert(
      fc.property(values, (value) => {
        const own: MappingShape = { kind: "mapping", fields: { [name]: { shape } } };
        hold(own, mapping([[name, value]]));
        isTaken ||= hasTaken(value);
      }),
      runs(60),
    );
    // Of what is made for a large key one in twenty is taken, so that a few tries may meet none.
    for (let more = 0; !isTaken && more < 100; more++) isTaken = fc.sample(values, 10).some(hasTaken);
    assert.ok(isTaken, name);
  }
});

test("texts are taken without white space around them; names with some are left to the schema", () => {
  const file = (key: string) =>
    mapping([
      ["apiVersion", "bulkhead/v1"],
      ["exclude", [" a "]],
      ["environments", mapping([[key, mapping([])]])],
    ]);
  assert.deepEqual(conforming(policyShape, file("shop")), {
    apiVersion: "bulkhead/v1",
    exclude: ["a"],
    environments: { shop: {} },
  });
  for (const key of [" shop", "__proto__", "constructor"]) assert.equal(conforming(policyShape, file(key)), undefined);
});
