import assert from "node:assert/strict";
import { test } from "node:test";
import { manifests, shopFolder, workplace } from "./commands.fixture.ts";

test("allowed: each stage with its rule, file and line, and how to close it", async () => {
  using place = workplace();
  const { code, stdout } = await place.network(
    "explain",
    "shop/web",
    "shop/api",
    "3000",
    "--in",
    shopFolder("hardened"),
    "--cni",
    "calico",
  );
  assert.equal(code, 0);
  assert.match(stdout, /^shop\/web → shop\/api:3000\/TCP {3}✓ ALLOWED\n/);
  assert.match(
    stdout,
    /egress of shop\/web +allowed by NetworkPolicy shop\/web, egress rule 1\s+kubernetes\/network\.yaml:\d+:\d+\n/,
  );
  assert.match(
    stdout,
    /ingress of shop\/api +allowed by NetworkPolicy shop\/api, ingress rule 1\s+kubernetes\/network\.yaml:\d+:\d+\n/,
  );
  assert.match(stdout, /To close it: narrow NetworkPolicy/);
});

test("denied: what would allow it, as a rule to paste that does", async () => {
  using place = workplace();
  const denied = manifests.pods(["web", "api"]) + manifests.denyAll;
  const file = place.write("a.yaml", denied);
  const { stdout } = await place.network("explain", "a/web", "a/api:http", "--in", file, "--cni", "calico");
  assert.match(stdout, /^a\/web → a\/api:8080\/TCP {3}✗ DENIED\n/);
  const policies = [...stdout.matchAll(/^To allow it, add a policy[^\n]*:\n((?: {4}[^\n]*\n?)+)/gm)].map(
    ([, text = ""]) => text.replaceAll(/^ {4}/gm, ""),
  );
  assert.equal(policies.length, 2);
  const mended = place.write("b.yaml", [denied, ...policies].join("---\n"));
  const after = await place.network("explain", "a/web", "a/api:http", "--in", mended, "--cni", "calico");
  assert.match(after.stdout, /✓ ALLOWED/);
  const map = await place.network("map", mended, "--cni", "calico");
  assert.match(map.stdout, /WHO REACHES WHOM\n {2}a\/web → a\/api {2}TCP 8080\n$/);
});

test("open: that no policy selects it, and that nobody knows who enforces what is denied", async () => {
  using place = workplace();
  const open = await place.network("explain", "shop/web", "metadata", "--in", shopFolder("insecure"));
  assert.match(open.stdout, /egress of shop\/web +open: no policy selects it for egress/);
  const denied = await place.network("explain", "shop/web", "metadata", "--in", shopFolder("hardened"));
  assert.match(denied.stdout, /✗ DENIED[\s\S]*\? whether the cluster enforces policies is unknown/);
});

test("a Service is said to be one, and its port is the pod's", async () => {
  using place = workplace();
  const service = (name: string) =>
    `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: a }\nspec: { selector: { app: api }, ports: [{ port: 80, targetPort: http }] }\n`;
  const file = place.write("a.yaml", manifests.pods(["web", "api"]) + service("front") + service("api"));
  const front = await place.network("explain", "a/web", "a/front:80", "--in", file);
  assert.match(
    front.stdout,
    /^a\/front is a Service of a\/api: port 80 leads to port 8080\n\na\/web → a\/api:8080\/TCP/,
  );
  const api = await place.network("explain", "a/web", "a/api", "80", "--in", file);
  assert.match(
    api.stdout,
    /a\/api is taken for the workload; of Service a\/api port 80 leads to port 8080 \(write\s+a\/Service\/api\)/,
  );
  const wrong = await place.network("explain", "a/web", "a/front", "81", "--in", file);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /Service a\/front has no port 81\/TCP \(it has 80\)/);
});

test("an unknown name: 2, with what is called alike", async () => {
  using place = workplace();
  const { code, stderr, stdout } = await place.network(
    "explain",
    "shop/wbe",
    "metadata",
    "--in",
    shopFolder("hardened"),
  );
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /shop\/wbe: nothing is called shop\/wbe \(did you mean shop\/web\?\)/);
  const twice = await place.network("explain", "shop/web", "shop/api:80", "81", "--in", shopFolder("hardened"));
  assert.equal(twice.code, 2);
});

test("unknown: why, and what would settle it", async () => {
  using place = workplace();
  const block =
    "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: block, namespace: a }\nspec: { podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }] }\n";
  const file = place.write("a.yaml", manifests.pods(["web", "api"]) + block);
  const { code, stdout } = await place.network("explain", "a/web", "a/api", "80", "--in", file);
  assert.equal(code, 0);
  assert.match(stdout, /\? UNKNOWN/);
  assert.match(stdout, /unknown: NetworkPolicy a\/block, egress rule 1 may allow it/);
  assert.match(stdout, /To settle it: /);
  const json = JSON.parse(
    (await place.network("explain", "a/web", "a/api", "80", "--in", file, "--format", "json")).stdout,
  ) as {
    pairs: { verdict: string }[];
  };
  assert.deepEqual(
    json.pairs.map(({ verdict }) => verdict),
    ["unknown"],
  );
});
