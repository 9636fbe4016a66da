import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { bindingOf, decide, pod, podRules, policyOf, requestOf } from "./policies.fixture.ts";

/** What may stand anywhere in an object, whatever should. */
const anything = fc.oneof(
  fc.constantFrom(null, true, 0, -1, "", "*", "object", "__proto__", "object.spec", "1 / 0 == 1", "[", {}, [], [null]),
  fc.string(),
  fc.jsonValue(),
);

type Plain = Record<string, unknown>;

/** A copy with something else at one place, chosen by number. */
function spoiled(object: object, place: number, value: unknown): object {
  const copy = structuredClone(object) as Plain;
  const places: (() => void)[] = [];
  const walk = (held: Plain | unknown[]): void => {
    for (const key of Object.keys(held)) {
      const child = (held as Plain)[key];
      places.push(() => {
        (held as Plain)[key] = value;
      });
      if (typeof child === "object" && child !== null) walk(child as Plain);
    }
  };
  walk(copy);
  places[place % places.length]?.();
  return copy;
}

const seeds = [
  policyOf({
    paramKind: { apiVersion: "v1", kind: "ConfigMap" },
    matchConstraints: {
      resourceRules: podRules,
      excludeResourceRules: [{ ...podRules[0], resourceNames: ["other"] }],
      namespaceSelector: { matchExpressions: [{ key: "env", operator: "NotIn", values: ["test"] }] },
      objectSelector: { matchLabels: { app: "web" } },
    },
    matchConditions: [{ name: "is-pod", expression: "request.kind.kind == 'Pod'" }],
    variables: [{ name: "names", expression: "object.spec.containers.map(c, c.name)" }],
    validations: [
      { expression: "variables.names.all(n, n in params.data)", messageExpression: "'no ' + variables.names.join()" },
    ],
    auditAnnotations: [{ key: "names", valueExpression: "variables.names.join(',')" }],
  }),
  bindingOf({
    paramRef: { selector: { matchLabels: { for: "policy" } }, parameterNotFoundAction: "Deny" },
    matchResources: { resourceRules: podRules },
  }),
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", namespace: "shop", labels: { for: "policy" } },
    data: { web: "" },
  },
];

test("whatever stands in policies, bindings, parameters and objects, an answer comes of it, in one line each", async () => {
  assert.deepEqual((await decide(seeds)).decisions, []);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(3), fc.nat(200), anything), { minLength: 1, maxLength: 3 }),
      async (changes) => {
        const all = [...seeds, pod()];
        for (const [index, place, value] of changes) all[index] = spoiled(all[index] ?? {}, place, value);
        const [object] = all.splice(3);
        const { decisions } = await decide(all, requestOf({ object: object as Plain }));
        for (const { message } of decisions) assert.match(message, /^\P{Cc}{1,1000}$/u);
      },
    ),
    // An object that cannot be written as a text stood for a version once, and threw.
    { ...runs(400), examples: [[[[0, 0, { toString: {} }]]]] },
  );
});

test("a policy that the API server would not take never lets a request pass that it matches", async () => {
  const denies = policyOf({ validations: [{ expression: "false", message: "no" }] });
  await fc.assert(
    fc.asyncProperty(fc.nat(200), anything, async (place, value) => {
      const policy = spoiled(denies, place, value) as {
        kind: unknown;
        apiVersion: unknown;
        metadata: Plain;
        spec: Plain;
      };
      const bound = bindingOf({ policyName: (policy.metadata as Plain | null)?.name ?? "policy" });
      const { decisions, evaluated } = await decide([policy, bound]);
      // It was still one, and about the request: then something of it is told.
      if (evaluated.length > 0 && policy.spec?.failurePolicy !== "Ignore") assert.ok(decisions.length > 0);
    }),
    runs(300),
  );
});
