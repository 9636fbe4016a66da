/** Ways in which admission layers have stood in the way of their own cluster, or stood aside: by how they are installed. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inProcess } from "../in-process.ts";

interface Webhook {
  readonly failurePolicy: string;
  readonly timeoutSeconds: number;
  readonly namespaceSelector: {
    readonly matchLabels?: object;
    readonly matchExpressions: readonly {
      readonly key: string;
      readonly operator: string;
      readonly values: readonly string[];
    }[];
  };
  readonly rules: readonly { readonly resources: readonly string[]; readonly operations: readonly string[] }[];
}

async function webhooks(t: { after(end: () => void): void }, ...words: string[]): Promise<readonly Webhook[]> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-installed-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const ran = await inProcess(["admission", "manifests", "--format", "json", ...words], { cwd: folder, home: folder });
  assert.equal(ran.code, 0, ran.stderr);
  const { items } = JSON.parse(ran.stdout) as {
    readonly items: readonly { kind: string; webhooks?: readonly Webhook[] }[];
  };
  const found = items
    .filter(({ kind }) => kind.endsWith("WebhookConfiguration"))
    .flatMap(({ webhooks: own = [] }) => own);
  assert.equal(found.length, 2);
  return found;
}

test("failure 10: kube-system and its own namespace are left out by the name that no owner can change", async (t) => {
  for (const { namespaceSelector } of await webhooks(t, "--namespace", "guard", "--exclude-namespace", "monitoring")) {
    const [{ key, operator, values } = { key: "", operator: "", values: [] }, ...more] =
      namespaceSelector.matchExpressions;
    assert.deepEqual(
      [key, operator, more, namespaceSelector.matchLabels],
      ["kubernetes.io/metadata.name", "NotIn", [], undefined],
    );
    assert.deepEqual(values, ["guard", "kube-system", "monitoring"]);
  }
});

test("failures 1 and 5: ephemeral containers and resizes are asked about by name, and deletions are not", async (t) => {
  const all = await webhooks(t);
  assert.ok(all.every(({ rules }) => rules.some(({ resources }) => resources.includes("pods/ephemeralcontainers"))));
  assert.ok(all.some(({ rules }) => rules.some(({ resources }) => resources.includes("pods/resize"))));
  const operations = new Set(all.flatMap(({ rules }) => rules.flatMap((rule) => rule.operations)));
  assert.deepEqual([...operations].sort(), ["CREATE", "UPDATE"]);
});

test("failure 20: it fails closed unless somebody says otherwise, and then says so", async (t) => {
  for (const { failurePolicy } of await webhooks(t)) assert.equal(failurePolicy, "Fail");
  for (const { failurePolicy } of await webhooks(t, "--failure-policy", "ignore"))
    assert.equal(failurePolicy, "Ignore");
});
