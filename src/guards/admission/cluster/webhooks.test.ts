/** The authorities that the API server trusts of our webhooks, and of ours alone. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { fakeApi } from "../../../engines/kubernetes/cluster/api.fixture.ts";
import { createWebhookTrust, type OwnWebhooks } from "./webhooks.ts";

const apiVersion = "admissionregistration.k8s.io/v1";
const kind = "ValidatingWebhookConfiguration";
const own: OwnWebhooks = { kind, name: "bulkhead", webhooks: ["validate.example", "excluded.example"] };

const webhook = (name: string, bundle?: string) => ({
  name,
  clientConfig: {
    service: { name, namespace: "bulkhead" },
    ...(bundle === undefined ? {} : { caBundle: Buffer.from(bundle).toString("base64") }),
  },
  failurePolicy: "Fail",
});
const configuration = (...webhooks: object[]) => ({ apiVersion, kind, metadata: { name: "bulkhead" }, webhooks });

async function trustOf(t: TestContext, stored?: object) {
  const resource = "validatingwebhookconfigurations";
  const fake = await fakeApi(t, [{ apiVersion, resource, kind, namespaced: false }]);
  if (stored !== undefined) fake.put(stored);
  const writes = () => fake.asked.filter(({ method }) => method !== "GET");
  const now = () => fake.get(resource, "bulkhead") as { webhooks?: unknown } | undefined;
  return { fake, writes, now, trust: createWebhookTrust(fake.api, [own]) };
}

test("only the bundles of our own webhooks are written, and once", async (t) => {
  const other = webhook("other.example", "theirs");
  const { trust, writes, now } = await trustOf(
    t,
    configuration(other, webhook("excluded.example", "old"), webhook("validate.example")),
  );
  const read = await trust.read();
  assert.ok(!(read instanceof Problem));
  assert.deepEqual(
    read.map(({ webhook, bundle }) => [webhook, bundle]),
    [
      ["excluded.example", "old"],
      ["validate.example", ""],
    ],
  );
  assert.equal(await trust.keep("new"), 2);
  assert.deepEqual(now()?.webhooks, [other, webhook("excluded.example", "new"), webhook("validate.example", "new")]);
  assert.equal(writes()[0]?.type, "application/json-patch+json");
  assert.equal(await trust.keep("new"), 0);
  assert.equal(writes().length, 1);
});

test("webhooks that move between the look and the patch are not mixed up", async (t) => {
  const [a, b] = [webhook("validate.example", "old"), webhook("excluded.example", "old")];
  const { fake, trust, now } = await trustOf(t, configuration(a, b));
  const stranger = webhook("first.example", "theirs");
  fake.intercept = ({ method }) => {
    if (method !== "PATCH") return undefined;
    fake.intercept = () => undefined;
    fake.put(configuration(stranger, a, b));
    return undefined;
  };
  assert.equal(await trust.keep("new"), 2);
  assert.deepEqual(now()?.webhooks, [stranger, webhook("validate.example", "new"), webhook("excluded.example", "new")]);
});

test("a configuration that is not there, lacks one of ours, or may not be written is a Problem", async (t) => {
  const absent = await trustOf(t);
  for (const answer of [await absent.trust.read(), await absent.trust.keep("new")]) {
    assert.ok(answer instanceof Problem && answer.code === "admission.webhooks");
  }
  const less = await trustOf(t, configuration(webhook("validate.example")));
  const lacking = await less.trust.read();
  assert.ok(lacking instanceof Problem && /excluded\.example/.test(lacking.message));
  const { fake, trust } = await trustOf(t, configuration(webhook("validate.example"), webhook("excluded.example")));
  fake.intercept = ({ method }) => (method === "PATCH" ? { status: 403 } : undefined);
  const refused = await trust.keep("new");
  assert.ok(refused instanceof Problem && refused.code === "cluster.forbidden", String(refused));
  fake.intercept = ({ method }) => (method === "PATCH" ? { status: 422 } : undefined);
  assert.ok((await trust.keep("new")) instanceof Problem);
});
