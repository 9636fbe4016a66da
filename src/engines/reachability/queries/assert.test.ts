import assert from "node:assert/strict";
import { test } from "node:test";
import type { Network } from "../model.ts";
import { noSettings } from "../settings.ts";
import { assertNetwork } from "./assert.ts";
import { parseAssertions } from "./assertion-syntax.ts";
import { deployment, documents, enforcing, networkOf, policy, shop } from "./network.fixture.ts";

function verdicts(network: Network, text: string): string[] {
  const { assertions, mistakes } = parseAssertions(text);
  assert.deepEqual(mistakes, []);
  const asserted = assertNetwork(network, assertions);
  assert.deepEqual(asserted.mistakes, []);
  return asserted.results.map(({ verdict, because }) => (because === undefined ? verdict : `${verdict} ${because}`));
}

function mistake(network: Network, text: string): string {
  const { mistakes } = assertNetwork(network, parseAssertions(text).assertions);
  assert.equal(mistakes.length, 1, text);
  return `${mistakes[0]?.cause} (${mistakes[0]?.remedy ?? ""})`;
}

test("what policies allow and deny", () => {
  const network = networkOf(shop);
  const cases = {
    "allow shop/web -> shop/api:8080": "pass",
    "allow shop/web -> shop/api:http": "pass",
    "allow shop/web -> shop/api:8080-8081": "fail",
    "allow shop/web -> shop/api": "fail",
    "deny shop/web -> shop/api": "fail",
    "deny shop/web -> shop/api:8081-65535": "pass",
    "deny shop/web -> shop/api:8080/UDP": "pass",
    "deny {shop/web, shop/api} -> internet": "pass",
    "deny shop/* -> internet": "fail",
    "deny shop/worker -> metadata": "fail",
    "allow shop/api -> 10.20.0.16:5432": "pass",
    "deny shop/api -> 10.20.0.0/24": "fail",
    "deny shop/api -> 10.20.1.0/24": "pass",
    "allow tools/shell -> internet:443": "pass",
  } as const;
  for (const [text, wanted] of Object.entries(cases)) assert.deepEqual(verdicts(network, text), [wanted], text);
  assert.notDeepEqual(parseAssertions("deny tools/* -> shop/{x}").mistakes, []);
});

test("a Service is its pods, by its own ports", () => {
  const network = networkOf(shop);
  assert.deepEqual(verdicts(network, "allow shop/web -> shop/Service/api:80"), ["pass"]);
  assert.deepEqual(verdicts(network, "allow shop/web -> shop/Service/api:web"), ["pass"]);
  assert.deepEqual(verdicts(network, "allow shop/web -> shop/front:443"), ["pass"]);
  // By the name alone the workload is meant, and the port is its own.
  assert.deepEqual(verdicts(network, "allow shop/web -> shop/api:80"), ["fail"]);
  assert.match(
    mistake(network, "allow shop/web -> shop/front:80"),
    /Service shop\/front has no port 80\/TCP \(it has 443\)/,
  );
});

test("what does not exist is a mistake, and names what is called alike", () => {
  const network = networkOf(shop);
  assert.equal(mistake(network, "deny shop/wbe -> internet"), "nothing is called shop/wbe (did you mean shop/web?)");
  assert.equal(mistake(network, "deny shp/web -> internet"), "nothing is called shp/web (did you mean shop/web?)");
  assert.match(mistake(network, "deny shop/StatefulSet/web -> internet"), /nothing is called shop\/StatefulSet\/web/);
  assert.match(mistake(network, "deny node/a -> shop/web"), /no node is called a \(nodes were not read: write node/);
  assert.match(mistake(network, "allow shop/web -> shop/api:metrics"), /shop\/api has no port called metrics/);
  assert.match(mistake(network, "deny shop/web -> api.example.com"), /no rule names the domain/);
  assert.match(mistake(network, "deny shop/web -> 10.0.3.4"), /in the cluster's own ranges.*name the workload/);
});

test("a denial is unknown where nobody enforces it for sure, and fails where nobody does", () => {
  const text = "deny shop/web -> internet\nallow shop/web -> shop/api:8080";
  assert.deepEqual(verdicts(networkOf(shop, noSettings), text), ["unknown enforcement-unknown", "pass"]);
  assert.deepEqual(verdicts(networkOf(shop, { ...enforcing, cni: "none" }), text), ["fail not-enforced", "pass"]);
});

test("an unknown connection is no pass", () => {
  // Whether an ipBlock takes in pods is the CNI's own.
  const text = documents(
    deployment("a", "one"),
    deployment("a", "two"),
    policy(
      "a",
      "block",
      "{ podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }] }",
    ),
  );
  const unknown = networkOf(text, noSettings);
  assert.deepEqual(verdicts(unknown, "allow a/one -> a/two:80"), ["unknown"]);
  assert.deepEqual(verdicts(unknown, "deny a/one -> a/two:80"), ["unknown"]);
});

test("each failure names pairs that speak against it, and counts the rest", () => {
  const { assertions } = parseAssertions("deny * -> internet");
  const [result] = assertNetwork(networkOf(shop), assertions).results;
  assert.equal(result?.verdict, "fail");
  const failing = new Set(result?.counterexamples.map(({ from }) => from));
  assert.equal(failing.size, 2, "worker and shell, and neither web nor api");
  assert.ok((result?.failing ?? 0) >= 2 && (result?.failing ?? 0) < (result?.pairs ?? 0));
});

test("a single pod's way to itself is no connection that an assertion is about", () => {
  const pod = "apiVersion: v1\nkind: Pod\nmetadata: { name: one, namespace: a }\nspec: { containers: [] }\n";
  const text = documents(pod, pod.replace("one", "two"), policy("a", "deny", "{ podSelector: {} }"));
  assert.deepEqual(verdicts(networkOf(text), "deny a/* -> a/*"), ["pass"]);
  assert.match(mistake(networkOf(text), "deny a/one -> a/one"), /a pod reaches itself/);
});
