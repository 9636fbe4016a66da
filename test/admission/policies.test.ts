/** ValidatingAdmissionPolicies among the files of `admission test`: the same verdict as the API server's, before it is asked. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inProcess } from "../in-process.ts";

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-policies-"));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write(
    "bulkhead.yaml",
    `apiVersion: bulkhead/v1
enforcement: { admission: { default: audit, checks: { workload/admission-policy-denied: deny } } }
`,
  );
  write(
    "policy.yaml",
    `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: team-label }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods] }]
  paramKind: { apiVersion: v1, kind: ConfigMap }
  variables:
    - { name: team, expression: "object.metadata.?labels[?'team'].orValue('')" }
  validations:
    - expression: "variables.team in params.data.teams.split(',')"
      messageExpression: "'team ' + variables.team + ' is none of ' + params.data.teams"
    - expression: "object.spec.restartPolicy == 'Always'"
`,
  );
  const binding = (action: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: team-label }
spec:
  policyName: team-label
  validationActions: [${action}]
  paramRef: { name: teams, namespace: shop, parameterNotFoundAction: Deny }
`;
  write("binding.yaml", binding("Deny"));
  write("warning.yaml", binding("Warn"));
  write(
    "params.yaml",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: teams, namespace: shop }\ndata: { teams: 'shop,pay' }\n",
  );
  const pod = (team: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: shop, labels: { team: ${team} } }\nspec:\n  containers: [{ name: web, image: "registry.example.com/shop/web:1" }]\n`;
  write("good.yaml", pod("shop"));
  write("bad.yaml", pod("nobody"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const trial = (...files: readonly string[]) =>
  inProcess(["admission", "test", ...files, "--policy", "bulkhead.yaml", "--offline"], { cwd: folder, home: folder });

test("an object that a policy among the files denies is refused with the policy's message", async () => {
  const { code, stdout } = await trial("policy.yaml", "binding.yaml", "params.yaml", "bad.yaml");
  assert.equal(code, 1);
  assert.match(stdout, /Pod shop\/web: refused/);
  assert.match(stdout, /team-label denies it: team nobody is none of shop,pay/);
});

test("one that all policies let in is admitted, with what the API server adds by default", async () => {
  const { code, stdout } = await trial("policy.yaml", "binding.yaml", "params.yaml", "good.yaml");
  assert.equal(code, 0, stdout);
});

test("a binding that warns refuses nothing, and a policy without a binding does nothing", async () => {
  assert.equal((await trial("policy.yaml", "warning.yaml", "params.yaml", "bad.yaml")).code, 0);
  assert.equal((await trial("policy.yaml", "params.yaml", "bad.yaml")).code, 0);
});

test("parameters that are in none of the files may be in the cluster: it is not known", async () => {
  const { code, stdout } = await trial("policy.yaml", "binding.yaml", "good.yaml");
  assert.notEqual(code, 0);
  assert.match(stdout, /parameters teams of ConfigMap\s+\(v1\) are not given/);
});
