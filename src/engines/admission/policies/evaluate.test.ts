import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import type { PolicyContext, PolicyQuestion } from "./model.ts";
import { bindingOf, decide, linesOf, pod, policyOf, requestOf, shop } from "./policies.fixture.ts";

const never = policyOf({ validations: [{ expression: "false", message: "never" }] });
const unreachable = new Problem({ kind: "unavailable", code: "test.down", place: "cluster", cause: "no answer" });

test("an expression that does not hold denies, with its message, reason and code", async () => {
  const policy = policyOf({
    validations: [
      { expression: "object.spec.containers.all(c, c.image.startsWith('registry.example.com/'))" },
      { expression: "object.metadata.name == 'api'", messageExpression: "'name is ' + object.metadata.name" },
      { expression: "has(object.spec.hostNetwork)", message: "hostNetwork is missing", reason: "Forbidden" },
    ],
  });
  const { decisions, evaluated } = await decide([policy, bindingOf()]);
  assert.deepEqual(
    decisions.map(({ outcome, message, reason, code, index, actions, binding }) => [
      ...[outcome, message, reason, code, index, actions, binding],
    ]),
    [
      ["deny", "name is web", "Invalid", 422, 1, ["Deny"], "binding"],
      ["deny", "hostNetwork is missing", "Forbidden", 403, 2, ["Deny"], "binding"],
    ],
  );
  assert.deepEqual(decisions[0]?.path, ["spec", "validations", 1, "expression"]);
  assert.deepEqual(evaluated, [{ policy: "policy", held: 1 }]);
});

test("a messageExpression that fails, is empty, of several lines or too long gives way to the message, that to the expression", async () => {
  for (const messageExpression of ["1 / 0 == 1 ? '' : ''", "' '", "'a\\nb'", "object.metadata.big"]) {
    const request = requestOf({ object: pod({}, { big: "x".repeat(6_000) }) });
    const stated = policyOf({ validations: [{ expression: "false", message: " stated ", messageExpression }] });
    assert.deepEqual(linesOf(await decide([stated, bindingOf()], request)), ["deny: stated"], messageExpression);
    const bare = policyOf({ validations: [{ expression: " false ", messageExpression }] });
    assert.deepEqual(linesOf(await decide([bare, bindingOf()], request)), ["deny: failed expression: false"]);
  }
  const hostile = policyOf({ validations: [{ expression: "false", messageExpression: "object.metadata.note" }] });
  const request = requestOf({ object: pod({}, { note: "a\u001b[2Jb\u202e" }) });
  assert.deepEqual(linesOf(await decide([hostile, bindingOf()], request)), ["deny: a\\u001b[2Jb\\u202e"]);
});

test("a policy without a binding, or one that another policy's binding names, does nothing", async () => {
  assert.deepEqual((await decide([never])).decisions, []);
  assert.deepEqual((await decide([never, bindingOf({ policyName: "other" })])).decisions, []);
});

test("a condition that is false skips the policy even where others come to errors; else an error is the failure policy's", async () => {
  const broken = { name: "broken", expression: "object.spec.missing == 1" };
  const validations = [{ expression: "false", message: "never" }];
  const of = (matchConditions: readonly object[], failurePolicy: string) =>
    decide([policyOf({ validations, matchConditions, failurePolicy }), bindingOf()]).then(linesOf);
  const no = { name: "no", expression: "request.operation == 'DELETE'" };
  const yes = { name: "yes", expression: "object.metadata.name == 'web'" };
  assert.deepEqual(await of([broken, no], "Fail"), []);
  assert.deepEqual(await of([no, broken], "Ignore"), []);
  assert.deepEqual(await of([yes], "Fail"), ["deny: never"]);
  assert.deepEqual(await of([yes, broken], "Fail"), ["error: match condition broken: no such key: missing"]);
  assert.deepEqual(await of([yes, broken], "Ignore"), []);
});

test("an error of a validation denies under Fail and admits under Ignore", async () => {
  const of = (failurePolicy?: string) =>
    decide([
      policyOf({
        ...(failurePolicy === undefined ? {} : { failurePolicy }),
        validations: [{ expression: "object.spec.missing == 1" }, { expression: "false", message: "never" }],
      }),
      bindingOf(),
    ]).then(linesOf);
  const error = "error: expression object.spec.missing == 1 resulted in error: no such key: missing";
  assert.deepEqual(await of(), [error, "deny: never"]);
  assert.deepEqual(await of("Ignore"), ["deny: never"]);
});

test("variables are lazy, remembered, and read those before them", async () => {
  const policy = (validations: readonly object[]) =>
    policyOf({
      variables: [
        { name: "images", expression: "object.spec.containers.map(c, c.image)" },
        { name: "broken", expression: "object.spec.missing" },
        { name: "first", expression: "variables.images[0]" },
      ],
      validations,
    });
  const lazy = policy([{ expression: "variables.first == 'x'", messageExpression: "'first is ' + variables.first" }]);
  assert.deepEqual(linesOf(await decide([lazy, bindingOf()])), ["deny: first is registry.example.com/shop/web:1"]);
  const read = policy([{ expression: "variables.broken == 1" }]);
  assert.match(linesOf(await decide([read, bindingOf()]))[0] ?? "", /variable broken: no such key: missing/);
  const forward = policyOf({
    variables: [
      { name: "a", expression: "variables.b" },
      { name: "b", expression: "1" },
    ],
    validations: [{ expression: "variables.a == 1" }],
  });
  assert.match(
    linesOf(await decide([forward, bindingOf()]))[0] ?? "",
    /^unknown: .*spec\.variables\[0\]\.expression does not compile/,
  );
});

test("a costly variable is evaluated once for all that reads it", async () => {
  const items = Array.from({ length: 300 }, (_, index) => index);
  const policy = policyOf({
    variables: [{ name: "pairs", expression: "object.items.map(a, object.items.filter(b, a == b)).size()" }],
    validations: Array.from({ length: 40 }, () => ({ expression: "variables.pairs == 300" })),
  });
  const { decisions, evaluated } = await decide([policy, bindingOf()], requestOf({ object: { ...pod(), items } }));
  assert.deepEqual([decisions, evaluated], [[], [{ policy: "policy", held: 40 }]]);
});

test("several bindings and parameters must all hold", async () => {
  const policy = policyOf({
    paramKind: { apiVersion: "v1", kind: "ConfigMap" },
    validations: [
      {
        expression: "object.metadata.name == params.data.name",
        messageExpression: "'not ' + params.data.name",
      },
    ],
  });
  const map = (name: string, value: string, namespace = "shop") => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, labels: { for: "policy" } },
    data: { name: value },
  });
  const maps = [map("a", "web"), map("b", "api"), map("c", "other"), map("d", "elsewhere", "other")];
  const byName = (name: string) => ({ name, parameterNotFoundAction: "Deny" });
  const bindings = [
    bindingOf({ paramRef: byName("a") }, "first"),
    bindingOf({ paramRef: byName("b") }, "second"),
    bindingOf({ paramRef: { selector: { matchLabels: { for: "policy" } }, parameterNotFoundAction: "Deny" } }, "third"),
  ];
  const { decisions } = await decide([policy, ...bindings, ...maps]);
  assert.deepEqual(
    decisions.map(({ binding, params, message }) => [binding, params, message]),
    [
      ["second", "shop/b", "not api"],
      ["third", "shop/b", "not api"],
      ["third", "shop/c", "not other"],
    ],
  );
});

test("parameters that are missing follow parameterNotFoundAction; those that could not be listed are unknown", async () => {
  const policy = (failurePolicy = "Fail") =>
    policyOf({
      failurePolicy,
      paramKind: { apiVersion: "example.com/v1", kind: "Limit" },
      validations: [{ expression: "params == null || params.max > 1", message: "never" }],
    });
  const bound = (parameterNotFoundAction: string, more: object = {}) =>
    bindingOf({ paramRef: { name: "x", parameterNotFoundAction, ...more }, validationActions: ["Audit"] });
  const denied = await decide([policy(), bound("Deny")]);
  assert.deepEqual(linesOf(denied), [
    "error: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction",
  ]);
  assert.deepEqual(
    denied.decisions[0]?.actions,
    ["Deny"],
    "the binding's actions have no say in what was set up wrongly",
  );
  assert.deepEqual(linesOf(await decide([policy("Ignore"), bound("Deny")])), []);
  assert.deepEqual(linesOf(await decide([policy(), bound("Allow")])), []);
  assert.deepEqual(linesOf(await decide([policy(), bindingOf()])), [], "without a reference params are null");
  const limit = { apiVersion: "example.com/v1", kind: "Limit", metadata: { name: "x" }, max: 1 };
  assert.deepEqual(
    linesOf(await decide([policy(), bindingOf({ paramRef: { name: "x", parameterNotFoundAction: "Deny" } }), limit])),
    ["deny: never"],
  );
  assert.match(
    linesOf(await decide([policy(), bound("Deny", { namespace: "shop" }), limit]))[0] ?? "",
    /^error: failed to configure binding: paramRef\.namespace must not be provided/,
  );
  const unread = [{ apiVersion: "example.com/v1", kind: "Limit", problem: unreachable }];
  assert.match(
    linesOf(await decide([policy("Ignore"), bound("Allow")], requestOf(), { namespace: shop }, { unread }))[0] ?? "",
    /^unknown: .*no answer/,
  );
  assert.match(
    linesOf(await decide([policy(), bound("Allow")], requestOf(), { namespace: shop }, { complete: false }))[0] ?? "",
    /^unknown: .*not given/,
  );
});

test("namespaced parameters need a namespace", async () => {
  const policy = policyOf({
    matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: ["*"], operations: ["*"], resources: ["*"] }] },
    paramKind: { apiVersion: "v1", kind: "ConfigMap" },
    validations: [{ expression: "true" }],
  });
  const { namespace: _, ...request } = requestOf({ resource: { group: "", version: "v1", resource: "nodes" } });
  const bound = bindingOf({ paramRef: { name: "x", parameterNotFoundAction: "Allow" } });
  assert.match(linesOf(await decide([policy, bound], request))[0] ?? "", /^error: .*matches cluster-scoped resources/);
});

test("each action of a binding is told; Deny with Warn is no binding", async () => {
  const warned = await decide([never, bindingOf({ validationActions: ["Warn", "Audit"] })]);
  assert.deepEqual(warned.decisions[0]?.actions, ["Warn", "Audit"]);
  for (const validationActions of [["Deny", "Warn"], [], ["Deny", "Deny"], ["Block"]]) {
    const [line = ""] = linesOf(await decide([never, bindingOf({ validationActions })]));
    assert.match(line, /^unknown: ValidatingAdmissionPolicyBinding binding is none .*spec\.validationActions/);
  }
});

test("audit annotations are joined over bindings; null and blank ones are left out; errors deny under Fail alone", async () => {
  const policy = (failurePolicy: string) =>
    policyOf({
      failurePolicy,
      auditAnnotations: [
        { key: "name", valueExpression: "' ' + object.metadata.name + ' '" },
        { key: "none", valueExpression: "null" },
        { key: "blank", valueExpression: "''" },
        { key: "broken", valueExpression: "object.missing" },
      ],
    });
  const fails = await decide([policy("Fail"), bindingOf({ validationActions: ["Audit"] }), bindingOf({}, "other")]);
  assert.deepEqual(fails.auditAnnotations, { "policy/name": "web" });
  assert.deepEqual(
    fails.decisions.map(({ actions, outcome }) => [outcome, actions]),
    [
      ["error", ["Deny"]],
      ["error", ["Deny"]],
    ],
  );
  const ignores = await decide([policy("Ignore"), bindingOf()]);
  assert.deepEqual([ignores.auditAnnotations, ignores.decisions], [{ "policy/name": "web" }, []]);
});

test("a policy of which a field is wrong is unknown and named; one that is about something else says nothing", async () => {
  const wrong: readonly [object, RegExp][] = [
    [
      { validations: [{ expression: "object." }] },
      /spec\.validations\[0\]\.expression does not compile: .*line 1, column 8/,
    ],
    [{ validations: [{ expression: "foo == 1" }] }, /unknown variable foo/],
    [{ validations: [{ expression: "params == null" }] }, /unknown variable params/],
    [{ validations: [{ expression: "request.userInfo.user == ''" }] }, /undefined field user/],
    [{ validations: [{ expression: "has(namespaceObject.data)" }] }, /undefined field data/],
    [
      { validations: [{ expression: "true", messageExpression: "authorizer.path('/').check('get').reason()" }] },
      /messageExpression does not compile/,
    ],
    [{ validations: [{ expression: "true", reason: "Odd" }] }, /spec\.validations\[0\]\.reason must be one of/],
    [{ validations: [{ expression: "true", message: "a\nb" }] }, /one line/],
    [{ validations: [] }, /spec\.validations is missing/],
    [{ failurePolicy: "Maybe", validations: [{ expression: "true" }] }, /failurePolicy must be Fail or Ignore/],
    [
      {
        validations: [{ expression: "true" }],
        matchConditions: Array.from({ length: 65 }, (_, index) => ({ name: `c${index}`, expression: "true" })),
      },
      /more than 64/,
    ],
    [
      {
        validations: [{ expression: "true" }],
        matchConditions: [{ name: "c", expression: "variables.a" }],
        variables: [{ name: "a", expression: "true" }],
      },
      /matchConditions\[0\]/,
    ],
    [{ validations: [{ expression: "true" }], variables: [{ name: "a-b", expression: "true" }] }, /no identifier/],
    [
      {
        validations: [{ expression: "true" }],
        variables: [
          { name: "a", expression: "1" },
          { name: "a", expression: "2" },
        ],
      },
      /there twice/,
    ],
    [{ validations: [{ expression: "object.metadata.name" }] }, /comes to string, not to bool/],
    [{ validations: [{ expression: "true" }], paramKind: { kind: "ConfigMap" } }, /spec\.paramKind must name/],
  ];
  const services = [{ apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["services"] }];
  for (const [spec, message] of wrong) {
    const [line = ""] = linesOf(await decide([policyOf({ failurePolicy: "Ignore", ...spec }), bindingOf()]));
    assert.match(line, /^unknown: /, JSON.stringify(spec));
    assert.match(line, message);
    const elsewhere = policyOf({ ...spec, matchConstraints: { resourceRules: services } });
    assert.deepEqual(linesOf(await decide([elsewhere, bindingOf()])), []);
  }
});

test("authorizer asks the cluster, and is unknown without its answer", async () => {
  const policy = policyOf({
    validations: [
      {
        expression:
          "authorizer.group('example.com').resource('breakglass').subresource('a').name('x').check('use').allowed()",
        message: "may not",
      },
      {
        expression: "authorizer.serviceAccount('shop', 'web').path('/healthz').check('get').allowed()",
        message: "service account",
      },
      { expression: "authorizer.requestResource.check('delete').allowed()", message: "pods" },
      {
        expression: "authorizer.group('').resource('pods').labelSelector('a=b').check('list').allowed()",
        message: "selected",
      },
    ],
  });
  const asked: string[] = [];
  const context = (answer: boolean | Problem): PolicyContext => ({
    namespace: shop,
    async may({ username }, question: PolicyQuestion) {
      asked.push(
        `${username} ${question.verb} ${question.group}/${question.resource}/${question.subresource ?? ""} ${question.namespace ?? ""} ${question.name ?? ""} ${question.nonResourcePath ?? ""}`.trim(),
      );
      return answer;
    },
  });
  const lines = async (answer: boolean | Problem) =>
    linesOf(await decide([policy, bindingOf()], requestOf(), context(answer)));
  const selected = "unknown: whether somebody may list pods is not known";
  assert.deepEqual(await lines(true), [selected]);
  assert.deepEqual(asked, [
    "alice use example.com/breakglass/a  x",
    "system:serviceaccount:shop:web get //   /healthz",
    "alice delete /pods/ shop web",
  ]);
  assert.deepEqual(await lines(false), ["deny: may not", "deny: service account", "deny: pods", selected]);
  assert.equal((await lines(unreachable)).filter((line) => line.startsWith("unknown")).length, 4);
  assert.equal(linesOf(await decide([policy, bindingOf()])).length, 4, "nobody to ask");
});

test("an answer may lead to another question", async () => {
  const check = (verb: string) => `authorizer.path('/').check('${verb}').allowed()`;
  const policy = policyOf({ validations: [{ expression: `${check("a")} ? ${check("b")} : true`, message: "b" }] });
  const may = async (_: unknown, { verb }: PolicyQuestion) => verb === "a";
  assert.deepEqual(linesOf(await decide([policy, bindingOf()], requestOf(), { namespace: shop, may })), ["deny: b"]);
});

test("expressions over one request share what they may cost", async () => {
  const items = Array.from({ length: 900 }, (_, index) => index);
  const policy = policyOf({
    validations: Array.from({ length: 10 }, () => ({
      expression: "object.items.all(a, object.items.all(b, a < 1000))",
    })),
  });
  const lines = linesOf(await decide([policy, bindingOf()], requestOf({ object: { ...pod(), items } })));
  assert.ok(lines.length > 0 && lines.every((line) => line === "unknown: more steps than an evaluation may take"));
});

test("policies that govern admission are not held against admission's own objects", async () => {
  const policy = policyOf({
    matchConstraints: {
      resourceRules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"] }],
    },
    validations: [{ expression: "false" }],
  });
  const group = "admissionregistration.k8s.io";
  const request = requestOf({
    kind: { group, version: "v1", kind: "ValidatingAdmissionPolicy" },
    resource: { group, version: "v1", resource: "validatingadmissionpolicies" },
  });
  assert.deepEqual(linesOf(await decide([policy, bindingOf()], request)), []);
  assert.equal(linesOf(await decide([policy, bindingOf()])).length, 1);
});

test("the namespace is read where it is known, and unknown where it is not", async () => {
  const of = (expression: string, namespace: PolicyContext["namespace"]) =>
    decide([policyOf({ validations: [{ expression, message: "no" }] }), bindingOf()], requestOf(), { namespace }).then(
      linesOf,
    );
  const label = "namespaceObject.metadata.labels['env'] == 'production'";
  assert.deepEqual(await of(label, shop), []);
  assert.deepEqual(await of(label, unreachable), ["unknown: namespace shop is not known"]);
  assert.deepEqual(await of(`${label} || true`, unreachable), []);
  assert.deepEqual(await of("namespaceObject.status.phase == 'Active'", shop), [
    "unknown: namespaceObject.status is not known",
  ]);
  const condition = policyOf({
    matchConditions: [{ name: "none", expression: "namespaceObject == null" }],
    validations: [{ expression: "namespaceObject != null", message: "no" }],
  });
  assert.deepEqual(linesOf(await decide([condition, bindingOf()])), [], "conditions are evaluated without a namespace");
});

test("request is as the API server shows it", async () => {
  const expressions = [
    "request.kind.kind == 'Pod' && request.requestKind.version == 'v1' && request.resource.resource == 'pods'",
    "request.userInfo.username == 'alice' && 'developers' in request.userInfo.groups && !has(request.userInfo.extra)",
    "request.namespace == 'shop' && request.name == 'web' && request.operation == 'CREATE' && !request.dryRun",
    "!has(request.subResource) && !has(request.options) && oldObject == null && object != null",
  ];
  const policy = policyOf({ validations: expressions.map((expression) => ({ expression })) });
  assert.deepEqual(linesOf(await decide([policy, bindingOf()])), []);
});
