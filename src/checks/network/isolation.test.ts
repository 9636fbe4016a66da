/** What a namespace lets in and out: default-deny, egress, metadata services, other namespaces, DNS. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { crossNamespaceReach } from "./cross-namespace-reach.ts";
import { defaultDenyMissing } from "./default-deny-missing.ts";
import { dnsCutOff } from "./dns-cut-off.ts";
import { metadataServiceReachable } from "./metadata-service-reachable.ts";
import { openEgress } from "./open-egress.ts";
import {
  denyAll,
  evaluated,
  evaluationsOf,
  found,
  namespace,
  networkPolicy,
  placesOf,
  trusted,
  verdicts,
  workload,
} from "./reach/network.fixture.ts";

const shop = namespace("shop");
const web = workload("shop/web");
const api = workload("shop/api");
const dns = workload("kube-system/dns", {}, {}, { labels: { "k8s-app": "kube-dns" } });

test("a namespace without policies is one finding for each direction, whatever the CNI", () => {
  const expected = [
    "high egress | Namespace shop has no default-deny for egress",
    "high ingress | Namespace shop has no default-deny for ingress",
  ];
  assert.deepEqual(found(defaultDenyMissing, [shop, web, api]), expected);
  assert.deepEqual(found(defaultDenyMissing, [shop, web, api], defaultPolicy), expected);
  assert.deepEqual(placesOf(defaultDenyMissing, [shop, web]), ["k8s/all.yaml:1:1", "k8s/all.yaml:1:1"]);
});

test("what is isolated passes with a CNI that the caller vouches for, and with no other", () => {
  const objects = [shop, web, denyAll("shop")];
  assert.deepEqual(verdicts(defaultDenyMissing, objects), ["shop pass"]);
  assert.deepEqual(verdicts(defaultDenyMissing, objects, defaultPolicy), [
    "shop unknown: no CNI is known to enforce network policies",
  ]);
  const own = { ...trusted(), origin: { kind: "tree", path: "bulkhead.yaml" } } as const;
  const [
    {
      verdict,
      gaps: [gap],
    } = { verdict: undefined, gaps: [] },
  ] = evaluationsOf(defaultDenyMissing, objects, own);
  assert.deepEqual(
    [verdict, gap],
    [
      "unknown",
      {
        code: "network.untrusted-facts",
        reason: "cluster.cni is stated by the scanned directory's own policy",
        remedy: "pass it with --policy",
      },
    ],
  );
});

test("facts of the scanned directory's own policy find what fails, and pass nothing", () => {
  const none = trusted({ cluster: { ...defaultPolicy.cluster, cni: "none" } });
  const own = { ...none, origin: { kind: "tree", path: "bulkhead.yaml" } } as const;
  for (const policy of [none, own]) {
    assert.deepEqual(verdicts(defaultDenyMissing, [shop, web, denyAll("shop")], policy), ["shop fail"]);
  }
  const facts = [
    { cni: "cilium" as const },
    { podCIDRs: ["10.0.0.0/8"] },
    { nodeCIDRs: ["192.0.2.0/24"] },
    { serviceCIDRs: ["10.96.0.0/12"] },
  ];
  for (const stated of facts) {
    const policy = {
      ...trusted({ cluster: { ...defaultPolicy.cluster, ...stated } }),
      origin: { kind: "tree", path: "bulkhead.yaml" },
    } as const;
    const { evaluations } = evaluated([shop, web, denyAll("shop"), namespace("other"), workload("other/x")], policy);
    const controls = ["default-deny-missing", "open-egress", "metadata-service-reachable", "cross-namespace-reach"];
    const passed = evaluations.filter(({ check, verdict }) => verdict === "pass" && controls.includes(check.slice(8)));
    assert.deepEqual(
      passed.map(({ check, asset }) => `${check} ${asset.name}`),
      [],
      JSON.stringify(stated),
    );
  }
});

test("pods that a policy leaves out are counted, and a baseline tier that denies is as good", () => {
  const some = networkPolicy("shop/web", {
    podSelector: { matchLabels: { app: "web" } },
    policyTypes: ["Ingress", "Egress"],
  });
  assert.deepEqual(found(defaultDenyMissing, [shop, web, api, some]), [
    "high egress | 1 of 2 workloads of namespace shop are not isolated for egress",
    "high ingress | 1 of 2 workloads of namespace shop are not isolated for ingress",
  ]);
  const everyone = { namespaces: { matchLabels: {} } };
  const baseline = {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name: "deny" },
    spec: {
      tier: "Baseline",
      priority: 1,
      subject: everyone,
      ingress: [{ action: "Deny", from: [everyone] }],
      egress: [{ action: "Deny", to: [{ networks: ["0.0.0.0/0", "::/0"] }] }],
    },
  };
  // It denies peers of the cluster alone for ingress: what is outside still comes in.
  assert.deepEqual(verdicts(defaultDenyMissing, [shop, web, baseline]), ["shop fail"]);
});

test("a rule that allows everything undoes the default, and is told at its place", () => {
  const allow = networkPolicy("shop/allow", { ingress: [{}], policyTypes: ["Ingress"] });
  assert.deepEqual(found(defaultDenyMissing, [shop, web, denyAll("shop"), allow]), [
    "high ingress allowed by NetworkPolicy allow | NetworkPolicy allow allows all traffic from every peer: nothing is denied for ingress in shop",
  ]);
  const onePort = networkPolicy("shop/allow", { ingress: [{ ports: [{ port: 80 }] }], policyTypes: ["Ingress"] });
  assert.deepEqual(found(defaultDenyMissing, [shop, web, denyAll("shop"), onePort]), []);
});

test("policies of one copy of a namespace do not make another's pods look protected", () => {
  const files = { "prod/all.yaml": [shop, web, denyAll("shop")], "dev/all.yaml": [shop, web] };
  const [first, second] = verdicts(defaultDenyMissing, files);
  assert.match(first ?? "", /^shop unknown: namespace shop is stated in dev, prod: which policies hold together/);
  assert.match(second ?? "", /^shop unknown/);
});

test("a file that was not read may hold the policy: what is missing is unknown then", () => {
  const broken = {
    "k8s/all.yaml": [shop, web],
    "k8s/policy.yaml": [{ apiVersion: "networking.k8s.io/v1", kind: "{{ kind }}", spec: 1 }],
  };
  assert.deepEqual(verdicts(defaultDenyMissing, broken), ["shop fail"]);
  const unread = { "k8s/all.yaml": [shop, web], "k8s/policy.yaml": ["{{ template }}" as unknown as object] };
  assert.match(verdicts(defaultDenyMissing, unread)[0] ?? "", /^shop unknown: k8s\/policy\.yaml/);
});

test("the cluster's own namespaces, and those without pods, are not judged", () => {
  assert.deepEqual(verdicts(defaultDenyMissing, [namespace("kube-system"), dns, namespace("empty")]), []);
  assert.deepEqual(verdicts(defaultDenyMissing, [workload("undeclared/web")]), ["undeclared fail"]);
});

test("open egress is one finding for each cause, and worse with something to send", () => {
  const secret = workload("shop/db", { volumes: [{ name: "s", secret: { secretName: "keys" } }] });
  assert.deepEqual(found(openEgress, [shop, web, api]), [
    "medium nothing | 2 workloads of shop can send to the whole internet",
  ]);
  assert.deepEqual(found(openEgress, [shop, web, secret]), [
    "high nothing | 2 workloads of shop can send to the whole internet, and workload shop/Deployment/db has secrets or cloud credentials to send",
  ]);
  const https = networkPolicy("shop/https", {
    podSelector: { matchLabels: { app: "web" } },
    egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } }], ports: [{ port: 443 }] }],
    policyTypes: ["Egress"],
  });
  const objects = [shop, web, api, denyAll("shop"), https];
  assert.deepEqual(found(openEgress, objects), [
    "medium allowed by NetworkPolicy https | Workload shop/Deployment/web can send to the whole internet",
  ]);
  assert.match(placesOf(openEgress, objects)[0] ?? "", /^k8s\/all\.yaml:9:/);
});

test("who is somebody in a cloud has credentials to send", () => {
  const account = (annotations: object) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { namespace: "shop", name: "web", annotations },
  });
  const pod = workload("shop/web", { serviceAccountName: "web" });
  for (const annotation of [
    "eks.amazonaws.com/role-arn",
    "iam.gke.io/gcp-service-account",
    "azure.workload.identity/client-id",
  ]) {
    assert.match(found(openEgress, [shop, pod, account({ [annotation]: "x" })])[0] ?? "", /^high/, annotation);
  }
  assert.match(found(openEgress, [shop, pod, account({ note: "x" })])[0] ?? "", /^medium/);
  const association = {
    apiVersion: "eks.services.k8s.aws/v1alpha1",
    kind: "PodIdentityAssociation",
    metadata: { namespace: "shop", name: "a" },
    spec: { namespace: "shop", serviceAccount: "web" },
  };
  assert.match(found(openEgress, [shop, pod, association])[0] ?? "", /^high/);
  const environment = workload(
    "shop/web",
    {},
    { env: [{ name: "P", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] },
  );
  assert.match(found(openEgress, [shop, environment])[0] ?? "", /^high/);
});

test("a small part of the internet is named, and halves of it are not", () => {
  const to = (...cidrs: readonly string[]) => [
    shop,
    web,
    denyAll("shop"),
    networkPolicy("shop/out", {
      egress: [{ to: cidrs.map((cidr) => ({ ipBlock: { cidr } })) }],
      policyTypes: ["Egress"],
    }),
  ];
  assert.deepEqual(found(openEgress, to("203.0.113.0/24", "198.51.100.0/24")), []);
  assert.equal(found(openEgress, to("0.0.0.0/1", "128.0.0.0/1")).length, 1);
  assert.equal(found(openEgress, to("2000::/3")).length, 1);
});

test("the policy's list of destinations counts where the caller vouches for it", () => {
  const network = { ...defaultPolicy.network, egress: [{ from: "shop/web", to: ["0.0.0.0/0:443"] }] };
  const https = networkPolicy("shop/https", {
    egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 443 }] }],
    policyTypes: ["Egress"],
  });
  const objects = [shop, web, denyAll("shop"), https];
  assert.deepEqual(found(openEgress, objects, trusted({ network })), []);
  assert.equal(found(openEgress, objects, { ...trusted({ network }), origin: { kind: "tree", path: "b" } }).length, 1);
  const other = { ...network, egress: [{ from: "shop/api", to: ["0.0.0.0/0"] }] };
  assert.equal(found(openEgress, objects, trusted({ network: other })).length, 1);
});

test("each address of a metadata service is held against egress, and pods of the node's network reach it always", () => {
  const host = workload("shop/agent", { hostNetwork: true });
  const [open, onHost] = found(metadataServiceReachable, [shop, web, host]);
  assert.match(
    open ?? "",
    /^high nothing \| Workload shop\/Deployment\/web can reach the cloud metadata service \(169\.254\.169\.254/,
  );
  assert.match(onHost ?? "", /^medium host \| Workload shop\/Deployment\/agent/);
  assert.match(found(metadataServiceReachable, [shop, host, denyAll("shop")])[0] ?? "", /^medium host/);
  const out = (except: readonly string[]) => [
    shop,
    web,
    denyAll("shop"),
    networkPolicy("shop/out", {
      egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except } }] }],
      policyTypes: ["Egress"],
    }),
  ];
  assert.match(found(metadataServiceReachable, out([]))[0] ?? "", /^high allowed by NetworkPolicy out/);
  const closed = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "168.63.129.16/32",
    "192.0.0.192/32",
  ];
  assert.deepEqual(found(metadataServiceReachable, out(closed)), []);
  assert.deepEqual(verdicts(metadataServiceReachable, [shop, web, denyAll("shop")]), ["shop pass"]);
});

test("pods of other namespaces get in where nothing isolates, and by rules that name nobody", () => {
  const other = [namespace("other"), workload("other/x"), workload("other/y")];
  assert.deepEqual(found(crossNamespaceReach, [shop, web, ...other]).slice(0, 1), [
    "medium nothing | 2 workloads of 1 other namespace can reach 1 workload of shop",
  ]);
  const from = (peers: readonly object[]) =>
    networkPolicy("shop/in", { ingress: [{ from: peers, ports: [{ port: 80 }] }], policyTypes: ["Ingress"] });
  const shopOf = (objects: readonly object[]) =>
    evaluationsOf(crossNamespaceReach, objects)
      .filter(({ asset }) => asset.name === "shop")
      .flatMap(({ findings }) => findings.map(({ subject }) => subject));
  assert.deepEqual(shopOf([shop, web, denyAll("shop"), ...other, from([{ namespaceSelector: {} }])]), [
    "allowed by NetworkPolicy in",
  ]);
  const named = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "other" } } }];
  assert.deepEqual(shopOf([shop, web, denyAll("shop"), ...other, from(named)]), []);
  assert.deepEqual(shopOf([shop, web, ...[namespace("kube-system"), dns]]), []);
});

test("isolated pods that may ask no DNS server are cut off", () => {
  assert.deepEqual(found(dnsCutOff, [shop, web, api, denyAll("shop")]), [
    "medium dns | 2 of 2 workloads of shop cannot resolve names: no policy allows DNS",
  ]);
  const allow = (port: number, peers?: readonly object[]) =>
    networkPolicy("shop/dns", {
      egress: [{ ...(peers === undefined ? {} : { to: peers }), ports: [{ port, protocol: "UDP" }] }],
      policyTypes: ["Egress"],
    });
  assert.deepEqual(found(dnsCutOff, [shop, web, denyAll("shop"), allow(53)]), []);
  assert.deepEqual(found(dnsCutOff, [shop, web, denyAll("shop"), allow(54)]).length, 1);
  const system = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }];
  assert.deepEqual(found(dnsCutOff, [shop, web, dns, denyAll("shop"), allow(53, system)]), []);
  const own = [{ podSelector: {} }];
  assert.deepEqual(found(dnsCutOff, [shop, web, dns, denyAll("shop"), allow(53, own)]).length, 1);
  // Its servers listen elsewhere than the Service does.
  const elsewhere = workload(
    "kube-system/dns",
    {},
    { ports: [{ name: "dns", protocol: "UDP", containerPort: 5353 }] },
    { labels: { "k8s-app": "kube-dns" } },
  );
  assert.deepEqual(found(dnsCutOff, [shop, web, elsewhere, denyAll("shop"), allow(53, system)]).length, 1);
  const without = workload("shop/web", { dnsPolicy: "None" });
  assert.deepEqual(found(dnsCutOff, [shop, without, denyAll("shop")]), []);
});
