/** What a policy file says of the network, and what a file under review may say of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterSettingsOf } from "../../engines/reachability/policy.ts";
import { defaultPolicy } from "./default.ts";
import { strict, tree } from "./policies.fixture.ts";
import { tighten } from "./tighten.ts";
import { validatePolicy } from "./validate.ts";

const attempts = ({ loosened }: ReturnType<typeof tighten>) =>
  loosened.map(({ key, trusted, wanted }) => `${key}: ${trusted} → ${wanted}`);

test("facts of a trusted policy hold, and a file under review adds none", () => {
  const trusted = { ...strict, cluster: { ...strict.cluster, cni: "cilium" as const, podCIDRs: ["10.0.0.0/16"] } };
  const file = tree({ cluster: { cni: "calico", podCIDRs: ["10.0.0.0/8"], nodeCIDRs: ["192.168.0.0/24"] } });
  const result = tighten(trusted, file);
  assert.deepEqual(result.policy.cluster, trusted.cluster);
  assert.deepEqual(attempts(result), [
    "cluster.cni: cilium → calico",
    "cluster.podCIDRs: 10.0.0.0/16 → 10.0.0.0/8",
    "cluster.nodeCIDRs: an empty list → 192.168.0.0/24",
  ]);
  assert.deepEqual(attempts(tighten(strict, tree({ cluster: { cni: "cilium" } }))), [
    "cluster.cni: not stated → cilium",
  ]);
  const none = tighten(trusted, tree({ cluster: { cni: "none", podCIDRs: ["10.0.0.0/16"] } }));
  assert.deepEqual([none.policy.cluster.cni, none.loosened], ["none", []]);
});

test("of destinations what both allow is kept, and a mesh is only asked for", () => {
  const trusted = {
    ...strict,
    network: {
      egress: [{ from: "shop/*", to: ["*.example.com", "203.0.113.0/24:443"] }],
      mesh: { mtls: "optional" as const },
    },
  };
  const { policy, loosened } = tighten(
    trusted,
    tree({
      network: {
        egress: [
          { from: "shop/api", to: ["api.example.com:443", "203.0.113.9:443", "203.0.113.9", "example.net"] },
          { from: "other/*", to: ["api.example.com"] },
          { from: "shop/*", to: ["b.example.com"] },
        ],
        intended: "network.txt",
        mesh: { mtls: "strict" },
      },
    }),
  );
  assert.deepEqual(policy.network, {
    egress: [
      { from: "shop/api", to: ["api.example.com:443", "203.0.113.9:443"] },
      { from: "shop/*", to: ["b.example.com"] },
    ],
    intended: "network.txt",
    mesh: { mtls: "strict" },
  });
  assert.equal(loosened.length, 1);
  assert.match(
    attempts({ policy, loosened })[0] ?? "",
    /^network\.egress: shop\/\* → \*\.example\.com, 203.* → shop\/api/,
  );
  const other = tighten(policy, tree({ network: { intended: "mine.txt", mesh: { mtls: "optional" } } }));
  assert.deepEqual(attempts(other), [
    "network.intended: network.txt → mine.txt",
    "network.mesh.mtls: strict → optional",
  ]);
});

test("what is no CIDR, no workload and no destination is refused with its place", () => {
  const text = `apiVersion: bulkhead/v1
cluster: {cni: flannel, podCIDRs: [10.0.0.0/33]}
network:
  egress:
    - {from: api, to: ["*"]}
    - {from: shop/api}
`;
  assert.deepEqual(
    validatePolicy(text, "bulkhead.yaml").map(({ line, cause, allowed }) => [line, cause, allowed?.slice(0, 24)]),
    [
      [2, 'cluster.cni: "flannel" is not allowed', "cilium, calico, ovn-kube"],
      [2, "cluster.podCIDRs[0] has another form", "an address or CIDR: 10.2"],
      [5, "network.egress[0].from has another form", "NAMESPACE/WORKLOAD, a pa"],
      [5, "network.egress[0].to[0] has another form", "a name, an address or a "],
      [6, "network.egress[1].to is missing", "a list of 1 to 1000 entr"],
    ],
  );
});

test("the engine is handed ranges, and no CNI where none is stated", () => {
  assert.deepEqual(clusterSettingsOf(defaultPolicy.cluster), { podCidrs: [], serviceCidrs: [], nodeCidrs: [] });
  const settings = clusterSettingsOf({ cni: "none", podCIDRs: ["10.0.0.0/8"], serviceCIDRs: [], nodeCIDRs: ["::1"] });
  assert.deepEqual([settings.cni, settings.podCidrs[0]?.last, settings.nodeCidrs[0]?.family], ["none", 0x0affffffn, 6]);
});
