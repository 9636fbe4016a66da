/**
 * Suite `kubernetes-cel`: Kubernetes' CEL library by its own tests and by those of cel-go and cel-spec, read as data; and
 * policies in the wild, of which each expression must compile. `--data` names a folder with checkouts `apiserver`
 * (kubernetes/apiserver), `cel-go` (google/cel-go), `cel-spec` (google/cel-spec) and `policies/` (any repositories).
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { DECLARED_FIELDS } from "../src/engines/admission/policies/declared-fields.ts";
import { readAdmissionPolicies } from "../src/engines/admission/policies/read.ts";
import { compile } from "../src/engines/cel/compile.ts";
import { authorizerOf, requestResourceOf } from "../src/engines/cel/kubernetes/authorizer.ts";
import { kubernetes } from "../src/engines/cel/kubernetes/library.ts";
import { asOwn } from "../src/engines/cel/maps.ts";
import { casesOfFile } from "./cel.ts";
import { controlCases } from "./kubernetes-cel/controls.ts";
import { casesOf, compiledBy, formatsOf } from "./kubernetes-cel/go-tables.ts";
import { wildPolicies } from "./kubernetes-cel/policies.ts";
import type { Case, Suite } from "./suite.ts";

const TABLES = [
  ...["cidr", "cost", "format", "ip", "quantity", "semver"].map((name) => `apiserver/pkg/cel/library/${name}_test.go`),
  ...["comprehensions", "lists", "sets", "strings"].map((name) => `cel-go/ext/${name}_test.go`),
];

/** Expressions about what Kubernetes' library does not have: bindings, messages, `reverse` of a text. */
const FOREIGN = /cel\.bind|ExampleType|jsonpatch\.|['"kv]\.reverse\(\)/;

/**
 * Files of cel-spec; how many of their tests are about messages of protocol buffers; and tests that speak of a later version
 * of a library, or of a stricter setting of it, than Kubernetes has.
 */
const SPECIFIED: Readonly<Record<string, readonly [number, RegExp?]>> = {
  macros2: [0],
  optionals: [13, /\/(?:map_null_entry_no_such_key|map_present_key_invalid_field)$/],
  string_ext: [87, /^(?:format|reverse)\/|\/(?:last)?indexof_out_of_range$/],
};

/** Expressions of the API server's tests of admission, and those of them that only its types refuse, or that are of tests alone. */
const COMPILED = ["compile_test.go", "condition_test.go"].map((name) => `apiserver/pkg/admission/plugin/cel/${name}`);
const NOT_BY_TYPES =
  /^1 < 'asdf'$|^test\(\)|conditions\[0\]\.foo5|^fail to compile|metadata\.(?:managedFields|ownerReferences)/;

/** What `format` writes at the version that Kubernetes has. */
const FORMATS = "cel-go/ext/formatting_test.go";

const VARIABLES = new Set([
  "object",
  "oldObject",
  "request",
  "params",
  "namespaceObject",
  "authorizer",
  "authorizer.requestResource",
]);

const authorizer = asOwn(authorizerOf(() => true));
const given = { authorizer, "authorizer.requestResource": asOwn(requestResourceOf(() => true, { resource: "pods" })) };

export const kubernetesCel: Suite = {
  about:
    "Kubernetes' CEL library by its own tests, cel-go's and cel-spec's, and policies in the wild: a folder of checkouts",
  needs: ["apiserver", "cel-go", "cel-spec"],
  async *cases({ data }) {
    for (const table of TABLES) yield* tableCases(join(data, table), table);
    for (const table of COMPILED) yield* compileCases(join(data, table), table);
    yield* formatCases(join(data, FORMATS));
    for (const [name, [leftOut, later]] of Object.entries(SPECIFIED)) {
      const path = join(data, "cel-spec/tests/simple/testdata", `${name}.textproto`);
      yield* casesOfFile(path, name, leftOut, { library: kubernetes, ...(later === undefined ? {} : { later }) });
    }
    const folder = join(data, "policies");
    if (!existsSync(folder)) return;
    yield* policyCases(folder);
    for (const name of readdirSync(folder)) yield* controlCases(join(folder, name));
  },
};

function* tableCases(path: string, table: string): Generator<Case> {
  for (const { line, expression, expected } of casesOf(readFileSync(path, "utf8"))) {
    if (FOREIGN.test(expression)) continue;
    yield {
      name: `${table}:${line}: ${expression}`,
      run() {
        const compiled = compile(expression, { variables: VARIABLES, library: kubernetes });
        if ("fault" in compiled) return assert.equal(expected, "error", compiled.fault.reason);
        const outcome = compiled.program.evaluate(given);
        if (expected === "error") return assert.notEqual(outcome.kind === "value" && outcome.value, true);
        const reason = "reason" in outcome ? outcome.reason : "";
        if (expected === "any" && outcome.kind === "unknown") return;
        assert.equal(outcome.kind, "value", reason);
        if (typeof expected === "boolean") assert.equal(outcome.kind === "value" && outcome.value, expected);
        if (expected === "any" && table.startsWith("cel-go"))
          assert.notEqual(outcome.kind === "value" && outcome.value, false);
      },
    };
  }
}

function* compileCases(path: string, table: string): Generator<Case> {
  for (const { line, expression, refused, hasParams, hasAuthorizer } of compiledBy(readFileSync(path, "utf8"))) {
    if (NOT_BY_TYPES.test(expression)) continue;
    const hidden = [...(hasParams ? [] : ["params"]), ...(hasAuthorizer ? [] : ["authorizer"])];
    const variables = VARIABLES.difference(new Set(hidden));
    yield {
      name: `${table}:${line}: ${expression}`,
      run() {
        const compiled = compile(expression, { variables, library: kubernetes, fields: DECLARED_FIELDS });
        assert.equal("fault" in compiled, refused, "fault" in compiled ? compiled.fault.reason : "it compiles");
      },
    };
  }
}

function* formatCases(path: string): Generator<Case> {
  for (const { line, expression, expected } of formatsOf(readFileSync(path, "utf8"))) {
    yield {
      name: `${FORMATS}:${line}: ${expression}`,
      run() {
        const compiled = compile(expression, { variables: VARIABLES, library: kubernetes });
        const outcome = "program" in compiled ? compiled.program.evaluate({}) : undefined;
        assert.equal(outcome?.kind === "value" ? outcome.value : undefined, expected);
      },
    };
  }
}

function* policyCases(folder: string): Generator<Case> {
  let count = 0;
  for (const { name, expressions, variables, object } of wildPolicies(folder)) {
    count += 1;
    const known = new Set([...VARIABLES, ...variables.map((each) => `variables.${each}`)]);
    yield {
      name: relative(folder, name),
      run() {
        for (const expression of expressions) {
          const compiled = compile(expression, { variables: known, library: kubernetes });
          assert.ok("program" in compiled, "fault" in compiled ? `${compiled.fault.reason}: ${expression}` : "");
        }
        if (object === undefined) return;
        assert.deepEqual(readAdmissionPolicies({ objects: [object], unread: [], complete: true }).faults, []);
      },
    };
  }
  yield { name: "policies were found", run: () => assert.ok(count > 0) };
}
