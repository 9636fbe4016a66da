import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import { parseCidr } from "../../engines/reachability/addresses.ts";
import { noSettings } from "../../engines/reachability/settings.ts";
import { shortName } from "./drafts.ts";
import { streamOf } from "./files.ts";
import { app, generate } from "./generate.fixture.ts";
import type { GeneratedSet } from "./generate.ts";

/** `shop/allow-web egress: {…} on TCP 3000`, one a peer; without DNS. */
function allows({ drafts }: GeneratedSet): string[] {
  return drafts
    .filter(({ name }) => name !== "allow-dns")
    .flatMap(({ namespace, name, allows: own }) =>
      own.flatMap(({ direction, peers, ports }) => {
        const on = ports.map(({ key }) => key.replace(/ 0*/, " ")).join(", ");
        return (peers.length === 0 ? ["everybody"] : peers.map(({ values }) => JSON.stringify(values))).map(
          (peer) => `${namespace}/${name} ${direction}: ${peer} on ${on}`,
        );
      }),
    );
}

function unmet({ unmet: found }: GeneratedSet): string[] {
  return found.map(({ need, reason }) => `${shortName(need.from)} -> ${shortName(need.to)}:${need.port} ${reason}`);
}

function range(text: string) {
  const found = parseCidr(text);
  assert.ok(found);
  return found;
}

const shop = app("web", { env: { API_URL: "http://api" } }) + app("api", { port: 3000 });

test("default deny both ways, DNS, and each need at both of its ends; proven", () => {
  const made = generate(shop);
  assert.deepEqual(made.proof.failures, []);
  assert.deepEqual(
    made.drafts.map(({ name }) => name),
    ["default-deny", "allow-dns", "allow-api", "allow-web"],
  );
  assert.deepEqual(allows(made), [
    'shop/allow-api ingress: [{"podSelector":{"matchLabels":{"app":"web"}}}] on TCP 3000',
    'shop/allow-web egress: [{"podSelector":{"matchLabels":{"app":"api"}}}] on TCP 3000',
  ]);
  const text = streamOf(made.drafts);
  assert.match(text, /# shop\/web -> shop\/api: env API_URL of container main names Service shop\/api \(a\.yaml:\d+\)/);
  assert.deepEqual(readManifests([{ path: "b.yaml", text }]).gaps, []);
});

test("another namespace is named by the label that the API server sets", () => {
  const made = generate(
    shop
      .replaceAll('"name":"api","namespace":"shop"', '"name":"api","namespace":"back"')
      .replace("http://api", "http://api.back"),
  );
  assert.deepEqual(made.proof.failures, []);
  assert.deepEqual(allows(made), [
    'back/allow-api ingress: [{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"shop"}},"podSelector":{"matchLabels":{"app":"web"}}}] on TCP 3000',
    'shop/allow-web egress: [{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"back"}},"podSelector":{"matchLabels":{"app":"api"}}}] on TCP 3000',
  ]);
});

test("of one namespace alone the other end is left as it is", () => {
  const text = shop
    .replaceAll('"name":"api","namespace":"shop"', '"name":"api","namespace":"back"')
    .replace("http://api", "http://api.back");
  const made = generate(text, { namespaces: ["back"] });
  assert.deepEqual(made.proof.failures, []);
  assert.deepEqual(made.namespaces, ["back"]);
  assert.equal(allows(made).length, 1);
});

test("labels that pick another workload too are narrowed, and equal ones are one subject", () => {
  const made = generate(
    app("web", { env: { API_URL: "http://api" } }) +
      app("api", { labels: { app: "api" }, port: 3000 }) +
      app("api-canary", { labels: { app: "api", track: "canary" } }),
    {},
  );
  assert.deepEqual(made.proof.failures, []);
  const peer =
    '[{"podSelector":{"matchLabels":{"app":"api"},"matchExpressions":[{"key":"track","operator":"DoesNotExist"}]}}]';
  assert.deepEqual(allows(made), [
    'shop/allow-api ingress: [{"podSelector":{"matchLabels":{"app":"web"}}}] on TCP 3000',
    `shop/allow-web egress: ${peer} on TCP 3000`,
  ]);
  const alike = generate(shop + app("web-copy", { labels: { app: "web" } }));
  assert.deepEqual(alike.proof.failures, []);
  assert.ok(alike.drafts.some(({ name }) => name === "allow-web-and-web-copy"));
});

test("pods without labels cannot be allowed anything, and that is told", () => {
  const made = generate(shop.replaceAll('"labels":{"app":"web"}', '"labels":{}'));
  assert.deepEqual(made.proof.failures, []);
  assert.match(unmet(made).join("\n"), /^shop\/web -> shop\/api:3000 the pods of shop\/Deployment\/web have no labels/);
});

test("the API server and nodes by address where those are known, and told where not", () => {
  const binding = `---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: own, namespace: shop }
roleRef: { kind: ClusterRole, name: view, apiGroup: rbac.authorization.k8s.io }
subjects: [{ kind: ServiceAccount, name: own, namespace: shop }]
`;
  const text =
    app("own", { pod: { serviceAccountName: "own" } }) +
    binding +
    app("node", { port: 9100, pod: { hostNetwork: true } }) +
    app("scraper", { env: { N: "http://node" } });
  const unknown = generate(text);
  assert.deepEqual(unknown.proof.failures, []);
  assert.deepEqual(unmet(unknown), [
    "shop/own -> the API server:443 the API server's address is not known",
    "shop/scraper -> shop/node:9100 the addresses of the nodes are not known",
  ]);
  const known = generate(text, {
    settings: {
      ...noSettings,
      cni: "calico",
      nodeCidrs: [range("192.168.0.0/24")],
      podCidrs: [range("10.244.0.0/16")],
    },
    apiServer: [{ range: range("10.0.0.1"), port: 6443 }],
  });
  assert.deepEqual(known.proof.failures, []);
  assert.deepEqual(unmet(known), []);
  assert.deepEqual(allows(known), [
    'shop/allow-own egress: [{"ipBlock":{"cidr":"10.0.0.1/32"}}] on TCP 6443',
    'shop/allow-scraper egress: [{"ipBlock":{"cidr":"192.168.0.0/24"}}] on TCP 9100',
  ]);
});

test("clients outside are every address but the pods', where those are known", () => {
  const text = shop.replace(
    '"spec":{"selector":{"app":"api"}',
    '"spec":{"type":"LoadBalancer","selector":{"app":"api"}',
  );
  const made = generate(text, { settings: { ...noSettings, cni: "calico", podCidrs: [range("10.244.0.0/16")] } });
  assert.deepEqual(made.proof.failures, []);
  assert.deepEqual(allows(made).slice(0, 2), [
    'shop/allow-api ingress: [{"ipBlock":{"cidr":"0.0.0.0/0","except":["10.244.0.0/16"]}}] on TCP 3000',
    'shop/allow-api ingress: [{"ipBlock":{"cidr":"::/0"}}] on TCP 3000',
  ]);
});

test("hosts outside are let out by the policy's list alone", () => {
  const text = app("web", { env: { PAY_URL: "https://pay.example.com", OTHER_URL: "https://other.example.com" } });
  const egress = [{ from: "shop/web", to: ["pay.example.com:443", "203.0.113.7:5432"] }];
  const without = generate(text, { egress });
  assert.deepEqual(
    unmet(without).map((line) => line.slice(0, 40)),
    ["shop/web -> pay.example.com:443 a Networ", "shop/web -> other.example.com:443 a host"],
  );
  assert.deepEqual(allows(without), ['shop/allow-web egress: [{"ipBlock":{"cidr":"203.0.113.7/32"}}] on TCP 5432']);
  const cilium = generate(text, { egress, egressMode: "cilium", settings: { ...noSettings, cni: "cilium" } });
  assert.deepEqual(cilium.proof.failures, []);
  assert.deepEqual(allows(cilium), [
    'shop/allow-web egress: [{"ipBlock":{"cidr":"203.0.113.7/32"}}] on TCP 5432',
    'shop/allow-web egress: [{"matchName":"pay.example.com"}] on TCP 443',
  ]);
  const squid = generate(text, { egress, egressMode: "squid" });
  assert.deepEqual(squid.proof.failures, []);
  assert.match(squid.squid ?? "", /acl list3128_hosts443 dstdomain -n pay\.example\.com\n/);
  assert.match(allows(squid).join("\n"), /egress-proxy.*"app":"squid".* on TCP 3128/);
});

test("observed connections within the cluster are needs; those that would be cut are named", () => {
  const seen = (to: object, port: number) => ({
    from: { namespace: "shop", workload: { kind: "Deployment", name: "api" } },
    to: to as { name: string },
    protocol: "TCP" as const,
    port,
    portOf: "pod" as const,
    count: 3,
  });
  const observed = [
    seen({ namespace: "shop", workload: { kind: "Deployment", name: "web" } }, 8080),
    seen({ name: "evil.example.com", address: "192.0.2.1" }, 443),
  ];
  const made = generate(shop, { observed });
  assert.deepEqual(made.proof.failures, []);
  assert.match(allows(made).join("\n"), /shop\/allow-web ingress: .*"app":"api".* on TCP 8080/);
  assert.deepEqual(
    made.cut.map(({ from, to, port, count }) => `${shortName(from)} ${shortName(to)} ${port} ${count}`),
    ["shop/api evil.example.com 443 3"],
  );
});

test("policies that were there are not part of it, and are named unless they are ours", () => {
  const first = generate(shop);
  const open = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: open, namespace: shop }
spec: { podSelector: {}, ingress: [{}] }
`;
  const again = generate(`${shop}${open}---\n${streamOf(first.drafts)}`);
  assert.deepEqual(again.proof.failures, []);
  assert.equal(streamOf(again.drafts), streamOf(first.drafts));
  assert.deepEqual(
    again.replaced.map(({ name }) => name),
    ["open"],
  );
});

test("a policy of a higher tier that denies what is needed fails the proof", () => {
  const deny = `---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: deny }
spec: { priority: 1, subject: { namespaces: {} }, ingress: [{ action: Deny, from: [{ namespaces: {} }] }] }
`;
  const { failures } = generate(shop + deny).proof;
  assert.ok(
    failures.some((line) =>
      line.includes("shop/Deployment/web -> shop/Deployment/api:3000/TCP is needed and would be denied"),
    ),
    failures.join("\n"),
  );
});

test("hostile names stay texts", () => {
  const label = 'x"\n- hostNetwork: true\n# ';
  const text = shop
    .replaceAll('"app":"web"', `"app":${JSON.stringify(label)}`)
    .replaceAll('"name":"web"', '"name":"../../web\\nkind: Pod"');
  const made = generate(text);
  const read = readManifests([{ path: "b.yaml", text: streamOf(made.drafts) }]);
  assert.deepEqual([...new Set(read.objects.map(({ kind }) => kind))], ["NetworkPolicy"]);
  assert.deepEqual(read.gaps, []);
  const elsewhere = generate(shop.replaceAll('"namespace":"shop"', '"namespace":"../shop"'));
  assert.deepEqual([elsewhere.namespaces, elsewhere.drafts], [[], []]);
});

test("whatever workloads there are, what is offered is proven", () => {
  const names = ["a", "b", "c", "d"] as const;
  const one = fc.record({
    labels: fc.dictionary(fc.constantFrom("app", "tier"), fc.constantFrom("x", "y"), { maxKeys: 2 }),
    namespace: fc.constantFrom("one", "two"),
    to: fc.subarray([...names.map((name) => `http://${name}.one`), ...names.map((name) => `http://${name}.two`)], {
      maxLength: 3,
    }),
    host: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
    port: fc.constantFrom(1000, 2000),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 2, maxLength: 4 }), (made) => {
      const text = made
        .map(({ labels, namespace, to, host, port }, index) =>
          app(names[index] ?? "", {
            labels,
            namespace,
            port,
            env: Object.fromEntries(to.map((url, at) => [`U${at}`, url])),
            pod: host ? { hostNetwork: true } : {},
          }),
        )
        .join("");
      assert.deepEqual(generate(text).proof.failures, [], text);
    }),
    runs(60),
  );
});
